using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class Findings(string file)
{
    private readonly HashSet<Problem> problems = [];

    public bool Any => problems.Count > 0;

    public bool Full => problems.Count >= Limits.DefinitionProblems;

    /// <summary>Nothing is added for a place that is <see cref="Node.Open"/>.</summary>
    public void Add(Node place, string message, string? suggestion = null)
    {
        if (!place.Open)
        {
            problems.Add(new Problem(place.File ?? file, place.Line, place.Column, message, suggestion));
        }
    }

    public void Add(int line, int column, string message, string? suggestion = null) =>
        problems.Add(new Problem(file, line, column, message, suggestion));

    /// <summary>In the order of the file, and then of the templates that it uses. The same problem, met in the base and again in an environment that inherits it, is told once.</summary>
    public IReadOnlyList<Problem> Sorted()
    {
        var sorted = problems.OrderBy(p => p.File != file).ThenBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ThenBy(p => p.Message, StringComparer.Ordinal).ToList();
        if (sorted.Count <= Limits.DefinitionProblems)
        {
            return sorted;
        }

        var last = sorted[Limits.DefinitionProblems];
        return [.. sorted.Take(Limits.DefinitionProblems), last with { Message = $"{sorted.Count - Limits.DefinitionProblems} more problems from here on.", Suggestion = null }];
    }
}
