using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Agent.Instances;

/// <summary>
/// The files that processes write to. A process holds its file open for life, so turning over is copy and truncate: what is written between the two is lost,
/// which is a line at most, once in ten megabytes; in exchange no process stands between program and file, and none can die there.
/// </summary>
internal static partial class InstanceOutput
{
    /// <summary>Makes the file if it is not there, for its owner only: a shell that made it would leave it to the umask.</summary>
    public static void Touch(string path)
    {
        using (new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = AgentPaths.OwnerOnly }))
        {
        }
    }

    /// <summary>Turns a file over when it is larger than the bound: <c>output.log</c> → <c>output.log.1</c> → <c>output.log.2</c>.</summary>
    public static void Rotate(string path, long maxBytes = AgentLimits.OutputFileBytes, int files = AgentLimits.OutputFiles)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length < maxBytes)
        {
            return;
        }
        for (var i = files - 1; i > 1; i--)
        {
            if (File.Exists($"{path}.{i - 1}"))
            {
                File.Move($"{path}.{i - 1}", $"{path}.{i}", overwrite: true);
            }
        }
        try
        {
            CopyTail(path, path + ".1", maxBytes);
        }
        finally
        {
            // Also when the copy found the disk full: then space matters more than old output.
            using var open = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            open.SetLength(0);
        }
    }

    /// <summary>The last bytes of an instance's output, reaching back into the file before when needed; begins at a line.</summary>
    public static string Tail(string path, int bytes)
    {
        var parts = new List<byte[]>();
        var missing = (long)bytes;
        foreach (var file in (string[])[path, path + ".1"])
        {
            if (missing <= 0 || !File.Exists(file))
            {
                break;
            }
            var part = ReadTail(file, missing);
            parts.Insert(0, part);
            missing -= part.Length;
        }
        var all = parts.SelectMany(part => part).ToArray();
        var start = missing > 0 ? 0 : Array.IndexOf(all, (byte)'\n') + 1;
        return Encoding.UTF8.GetString(all.AsSpan(start));
    }

    /// <summary>How much there is in the file now.</summary>
    public static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>A line between what an earlier process wrote and what the next one will; none before the first.</summary>
    public static void MarkNextStart(string path, DateTimeOffset at)
    {
        if (LengthOf(path) == 0)
        {
            return;
        }

        using var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        file.Write($"--- started again, {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ---\n");
    }

    /// <summary>The lines for a one-sentence reason: the last ones that look like an error, for what stands behind them is often but a trace; else the last ones. Empty when there is no output.</summary>
    /// <param name="from">Where in the file it begins, such as the end of what an earlier process wrote; behind the file's end (it was cut since): at its beginning.</param>
    public static string TellingLines(string path, long from = 0, int lines = 5, int maxCharacters = 800)
    {
        const int MostErrors = 2, MostOfLine = 300;
        const int MostRead = 8 * 1024;
        var length = LengthOf(path);
        var written = from <= length ? length - from : length;
        var text = (written > MostRead ? Tail(path, MostRead) : Encoding.UTF8.GetString(written > 0 ? ReadTail(path, written) : [])).TrimEnd();
        var all = text.Split('\n');
        var errors = all.Where(line => Error().IsMatch(line)).TakeLast(MostErrors).Select(line => line.Trim()).Select(line => line.Length <= MostOfLine ? line : line[..MostOfLine] + "…").ToList();
        var last = string.Join('\n', errors.Count > 0 ? errors : all.TakeLast(lines));
        return last.Length <= maxCharacters ? last : "…" + last[^maxCharacters..];
    }

    /// <summary>An exception's name (<c>TypeError</c>, <c>System.IO.IOException</c>), or a word that logs begin such a line with.</summary>
    [GeneratedRegex(@"\b\w*(?:Error|Exception)\b|\b(?:ERROR|FATAL|fatal|panic)\b|\berror:|^Unhandled exception", RegexOptions.CultureInvariant)]
    private static partial Regex Error();

    private static void CopyTail(string from, string to, long bytes)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        source.Seek(-Math.Min(bytes, source.Length), SeekOrigin.End);
        using var target = new FileStream(to, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = AgentPaths.OwnerOnly });
        var left = bytes;
        Span<byte> buffer = stackalloc byte[16 * 1024];
        int read;
        while (left > 0 && (read = source.Read(buffer[..(int)Math.Min(buffer.Length, left)])) > 0)
        {
            target.Write(buffer[..read]);
            left -= read;
        }
    }

    private static byte[] ReadTail(string path, long bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var take = (int)Math.Min(bytes, file.Length);
        file.Seek(-take, SeekOrigin.End);
        var part = new byte[take];
        var read = file.ReadAtLeast(part, take, throwOnEndOfStream: false);
        return read == take ? part : part[..read];
    }
}
