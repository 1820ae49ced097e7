using System.Text;

namespace Slipway.Cli.Terminal;

/// <summary>A piece of text in a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>Aligned plain columns. A header that begins with <c>&gt;</c> makes its column right-aligned. On a terminal the last column is cut to fit, or wrapped under itself.</summary>
internal sealed class Table
{
    private const int Gap = 2, NarrowestLast = 12, NarrowestWrapped = 24, IndentBelow = 4;
    private readonly Ink ink;
    private readonly int? width;
    private readonly string[] headers;
    private readonly bool[] right;
    private readonly List<Cell[]> rows = [];

    public Table(Ink ink, int? width, params ReadOnlySpan<string> headers)
    {
        this.ink = ink;
        this.width = width;
        this.headers = new string[headers.Length];
        right = new bool[headers.Length];
        for (var i = 0; i < headers.Length; i++)
        {
            right[i] = headers[i].StartsWith('>');
            this.headers[i] = headers[i].TrimStart('>');
        }
    }

    public int Count => rows.Count;

    /// <summary>Nothing of the last column is cut: for what stands nowhere else in full.</summary>
    public bool Wraps { get; init; }

    public void Row(params ReadOnlySpan<Cell> cells)
    {
        if (cells.Length != headers.Length)
        {
            throw new ArgumentException($"{cells.Length} cells for {headers.Length} columns.", nameof(cells));
        }

        rows.Add(cells.ToArray());
    }

    public void WriteTo(TextWriter output)
    {
        var widths = new int[headers.Length];
        for (var column = 0; column < headers.Length; column++)
        {
            widths[column] = Math.Max(headers[column].Length, rows.Count == 0 ? 0 : rows.Max(row => row[column].Text.Length));
        }

        // A column that says nothing in any row is left out.
        var shown = Enumerable.Range(0, headers.Length).Where(column => column == 0 || rows.Exists(row => row[column].Text.Length > 0)).ToArray();
        Write(output, shown, widths, Array.ConvertAll(headers, header => new Cell(header, Tone.Quiet)));
        foreach (var row in rows)
        {
            Write(output, shown, widths, row);
        }
    }

    private void Write(TextWriter output, int[] shown, int[] widths, Cell[] cells)
    {
        var line = new StringBuilder();
        var at = 0;
        foreach (var column in shown)
        {
            var cell = cells[column];
            var isLast = column == shown[^1];
            if (isLast && Wraps && width is { } whole && whole - at < Math.Min(NarrowestWrapped, cell.Text.Length) && cell.Text.Length > 0)
            {
                // Too narrow a strip to read: it stands below, over the whole width.
                output.WriteLine(line.ToString().TrimEnd());
                line.Clear();
                at = IndentBelow;
                line.Append(' ', at);
            }

            string[] lines = isLast && width - at is { } room and >= NarrowestLast ? Fit(cell.Text, room) : [cell.Text];
            var padding = new string(' ', Math.Max(0, widths[column] - lines[0].Length));
            var painted = ink.Paint(lines[0], cell.Tone);
            line.Append(right[column] ? padding + painted : isLast ? painted : painted + padding);
            if (!isLast)
            {
                line.Append(' ', Gap);
            }

            foreach (var further in lines.Skip(1))
            {
                line.Append('\n').Append(' ', at).Append(ink.Paint(further, cell.Tone));
            }

            at += widths[column] + Gap;
        }

        output.WriteLine(line.ToString().TrimEnd());
    }

    private string[] Fit(string text, int room) => Wraps ? [.. Wrapping.Lines(text, room)] : [Wrapping.Cut(text, room)];
}
