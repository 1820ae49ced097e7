using System.Globalization;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis;

/// <summary>A file of bins: what was read, or everything wrong with it (then there are no bins).</summary>
public sealed record ParsedBins(IReadOnlyList<Bin> Bins, IReadOnlyList<Problem> Problems);

/// <summary>How <see cref="AnalysisFile.Try"/> judges: one check, the defaults of a rollout but for the margin.</summary>
public sealed record TrySettings
{
    public CheckKind Check { get; init; } = CheckKind.Errors;
    public double FalseAlarmRate { get; init; } = 0.01;
    public double Tolerate { get; init; }
    public double TolerateAbsolute { get; init; } = 0.001;

    /// <summary>Null: 1 % for errors; none for latency, whose threshold the file does not tell.</summary>
    public double? Acceptable { get; init; }
    public double Detectable { get; init; } = 1;
}

/// <param name="DecidedAtSecond">The <c>second</c> of the row that decided a failure, else of the last row for a pass; null: inconclusive.</param>
/// <param name="Check">All the numbers.</param>
public sealed record TryResult(Verdict Verdict, long? DecidedAtSecond, double? Ratio, double RatioLow, double? RatioHigh, string Reason, CheckResult Check);

/// <summary>
/// The judge on given bins, offline: comma-separated <c>second,canaryRequests,canaryBad,stableRequests,stableBad</c>, with that header, seconds rising. The
/// assignment's probability is not in the file: each bin's own split of requests stands for it (<see cref="Bin.FromCounts"/>).
/// </summary>
public static class AnalysisFile
{
    public const string Header = "second,canaryRequests,canaryBad,stableRequests,stableBad";
    private const int MostProblems = 1000;
    private static readonly string[] Columns = Header.Split(',');

    /// <summary>Reads all rows; every bad one is told with line and column.</summary>
    public static ParsedBins Parse(string text, string fileName)
    {
        var problems = new List<Problem>();
        var bins = new List<Bin>();
        var lines = text.TrimStart('\uFEFF').Split('\n');
        var headerAt = Array.FindIndex(lines, line => line.Trim().Length > 0);
        if (headerAt < 0)
        {
            return new([], [new(fileName, 1, 1, "The file is empty.", $"begin with the line {Header}")]);
        }

        if (!lines[headerAt].Split(',').Select(column => column.Trim()).SequenceEqual(Columns))
        {
            return new([], [new(fileName, headerAt + 1, 1, $"The first line is not the header: {Shortened(lines[headerAt])}", $"begin with the line {Header}")]);
        }

        long? first = null, last = null;
        for (var i = headerAt + 1; i < lines.Length; i++)
        {
            if (problems.Count >= MostProblems)
            {
                problems.Add(new(fileName, i + 1, 1, "Too many problems: the rest of the file was not read."));
                break;
            }

            if (lines[i].Trim().Length > 0)
            {
                ParseRow(lines[i].TrimEnd('\r'), i + 1, fileName, ref first, ref last, bins, problems);
            }
        }

        if (bins.Count == 0 && problems.Count == 0)
        {
            problems.Add(new(fileName, headerAt + 2, 1, "There is no row after the header.", "one line per bin"));
        }

        return new(problems.Count == 0 ? bins : [], problems);
    }

    /// <summary>Judges the bins in order: failed as soon as it is certain, else what can be said at the end.</summary>
    public static TryResult Try(IReadOnlyList<Bin> bins, TrySettings settings)
    {
        var check = new CheckState(
            new TestPlan(settings.Check == CheckKind.Errors ? "errors" : "latency", null, settings.Acceptable ?? (settings.Check == CheckKind.Errors ? 0.01 : 0), settings.Detectable),
            new AnalysisSettings
            {
                Checks = [new CheckSpec { Kind = settings.Check }],
                FalseAlarmRate = settings.FalseAlarmRate,
                Tolerate = settings.Tolerate,
                TolerateAbsolute = settings.TolerateAbsolute,
            },
            1,
            new CostTable());
        foreach (var bin in bins)
        {
            check.Fold(bin);
            if (check.Test.FailedAt is not null)
            {
                break;
            }
        }

        var result = Judge.Check(check, 0);
        return new(result.Verdict, result.DecidedAt, result.Ratio, result.RatioLow, result.RatioHigh, result.Reason, result);
    }

    private static void ParseRow(string line, int number, string file, ref long? first, ref long? last, List<Bin> bins, List<Problem> problems)
    {
        var cells = line.Split(',');
        var before = problems.Count;
        if (cells.Length != Columns.Length)
        {
            problems.Add(new(file, number, 1, $"{cells.Length} columns where {Columns.Length} are expected.", Header));
            return;
        }

        Span<int> columns = stackalloc int[Columns.Length];
        for (int i = 0, at = 1; i < cells.Length; at += cells[i].Length + 1, i++)
        {
            columns[i] = at + cells[i].Length - cells[i].TrimStart().Length;
        }

        var second = ParseSecond(cells[0].Trim(), file, number, columns[0], first, last, problems);
        first ??= second;
        last = second ?? last;

        Span<double> counts = stackalloc double[Columns.Length - 1];
        for (var i = 1; i < cells.Length; i++)
        {
            counts[i - 1] = ParseCount(cells[i].Trim(), Columns[i], file, number, columns[i], problems);
        }

        for (var i = 0; i < counts.Length && problems.Count == before; i += 2)
        {
            if (counts[i + 1] > counts[i])
            {
                problems.Add(new(file, number, columns[i + 2], $"{Columns[i + 2]}: {counts[i + 1]} bad of {counts[i]} requests: more bad requests than requests."));
            }
        }

        if (problems.Count == before && second is { } sound)
        {
            bins.Add(Bin.FromCounts(sound, counts[0], counts[1], counts[2], counts[3]));
        }
    }

    private static long? ParseSecond(string cell, string file, int line, int at, long? first, long? last, List<Problem> problems)
    {
        if (!long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var second))
        {
            problems.Add(new(file, line, at, cell.Length == 0 ? "second: the number is missing." : $"second: “{Shortened(cell)}” is not a whole number of seconds."));
            return null;
        }

        if (second < 0)
        {
            problems.Add(new(file, line, at, $"second: {second} is negative."));
            return null;
        }

        if (second <= last)
        {
            problems.Add(new(file, line, at, $"second: {second} does not come after {last}.", "sort the rows by second, one row for each"));
        }
        else if (second - first > SequentialTest.LongestSeconds)
        {
            problems.Add(new(file, line, at, $"second: {second} is more than a year after the first.", "are these milliseconds?"));
        }

        return second;
    }

    private static double ParseCount(string cell, string column, string file, int line, int at, List<Problem> problems)
    {
        if (!double.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || !double.IsFinite(count))
        {
            problems.Add(new(file, line, at, cell.Length == 0 ? $"{column}: the number is missing." : $"{column}: “{Shortened(cell)}” is not a number."));
            return 0;
        }

        if (count < 0)
        {
            problems.Add(new(file, line, at, $"{column}: {cell} is negative."));
            return 0;
        }

        if (count > Bin.MostUnits)
        {
            problems.Add(new(file, line, at, $"{column}: {Shortened(cell)} is more than can be."));
        }

        return count;
    }

    private static string Shortened(string text) => text.TrimEnd('\r') is { Length: > 60 } longText ? $"{longText[..60]}…" : text.TrimEnd('\r');
}
