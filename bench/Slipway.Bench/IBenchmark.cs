namespace Slipway.Bench;

/// <summary>One benchmark: a public class with a parameterless constructor anywhere in this project is found by its name.</summary>
public interface IBenchmark
{
    /// <summary>As given to <c>bench/run</c>: lower-case words with hyphens.</summary>
    string Name { get; }

    /// <summary>One line for the list.</summary>
    string Summary { get; }

    Task<Outcome> RunAsync(CancellationToken cancel);
}

/// <summary>What was measured and what was wanted.</summary>
public sealed record Outcome(IReadOnlyList<Figure> Figures, IReadOnlyList<Goal> Goals)
{
    /// <summary>Printed as a table; its figures are figures of the benchmark like the others.</summary>
    public Comparison? Comparison { get; init; }

    public bool Met => Goals.All(goal => goal.Met);
    public IEnumerable<Figure> AllFigures => [.. Figures, .. Comparison?.Rows.SelectMany(row => row.Figures) ?? []];
}

/// <summary>Slipway beside its peers.</summary>
/// <param name="Columns">A row has a figure for each.</param>
public sealed record Comparison(string Title, IReadOnlyList<string> Columns, IReadOnlyList<ComparedRow> Rows);

public sealed record ComparedRow(string Name, IReadOnlyList<Figure> Figures);

/// <param name="Name">Names are unique within a benchmark; both sides of a ratio are figures.</param>
public sealed record Figure(string Name, double Value, string Unit);

/// <summary>A bound on one figure. A figure that is not a number meets nothing.</summary>
public sealed record Goal(string Name, double Seen, double? AtMost, double? AtLeast)
{
    public bool Met => !(AtMost is null && AtLeast is null) && (AtMost is not { } most || Seen <= most) && (AtLeast is not { } least || Seen >= least);

    public static Goal Most(Figure figure, double limit) => new($"{figure.Name} ({figure.Unit})", figure.Value, limit, null);
    public static Goal Least(Figure figure, double limit) => new($"{figure.Name} ({figure.Unit})", figure.Value, null, limit);
}
