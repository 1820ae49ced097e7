using System.Buffers;
using System.Buffers.Text;

namespace Slipway.Server.Pipelines;

/// <summary>
/// Lines of a log as server-sent events: one event a line, whose id is the byte behind it. A carriage return within a line ends a line of the event too, so a reader that puts the
/// event's lines together with carriage returns has what was written.
/// </summary>
internal static class LogEvents
{
    private const int IdRoom = 40;

    /// <param name="lines">Whole ones, but for the last of an ended log.</param>
    /// <param name="offset">Of the first one.</param>
    /// <returns>Behind the last one.</returns>
    public static long Write(IBufferWriter<byte> to, ReadOnlySpan<byte> lines, long offset)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            var whole = end < 0 ? lines.Length : end + 1;
            offset += whole;
            lines = lines[whole..];
            Event(to, line, offset);
        }

        return offset;
    }

    private static void Event(IBufferWriter<byte> to, ReadOnlySpan<byte> line, long id)
    {
        var room = to.GetSpan(line.Length + IdRoom);
        "id: "u8.CopyTo(room);
        Utf8Formatter.TryFormat(id, room[4..], out var digits);
        var at = 4 + digits;
        "\ndata: "u8.CopyTo(room[at..]);
        at += 7;
        for (int back; (back = line.IndexOf((byte)'\r')) >= 0; line = line[(back + 1)..])
        {
            line[..back].CopyTo(room[at..]);
            to.Advance(at + back);
            room = to.GetSpan(line.Length + IdRoom);
            "\ndata: "u8.CopyTo(room);
            at = 7;
        }

        line.CopyTo(room[at..]);
        at += line.Length;
        "\n\n"u8.CopyTo(room[at..]);
        to.Advance(at + 2);
    }
}
