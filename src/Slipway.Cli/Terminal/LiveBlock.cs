namespace Slipway.Cli.Terminal;

/// <summary>Lines on a terminal that are drawn over again and again in the same place. No line is wider than the terminal: one that wraps could not be drawn over.</summary>
internal sealed class LiveBlock(TextWriter output, Ink ink, Func<int> width)
{
    private int drawn;

    public void Draw(IReadOnlyList<IReadOnlyList<Cell>> lines)
    {
        var text = drawn > 0 ? $"\e[{drawn}A\r\e[J" : "";
        var room = width();
        foreach (var line in lines)
        {
            text += Fit(line, room - 1) + "\n";
        }

        output.Write(text);
        output.Flush();
        drawn = lines.Count;
    }

    private string Fit(IReadOnlyList<Cell> line, int room)
    {
        var text = "";
        foreach (var cell in line)
        {
            if (cell.Text.Length > room)
            {
                return text + ink.Paint(room > 1 ? cell.Text[..(room - 1)] + "…" : "", cell.Tone);
            }

            text += ink.Paint(cell.Text, cell.Tone);
            room -= cell.Text.Length;
        }

        return text;
    }
}
