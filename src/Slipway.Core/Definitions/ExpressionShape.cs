using Slipway.Core.Expressions;

namespace Slipway.Core.Definitions;

/// <summary>An expression; its problems are told at their place in the file.</summary>
/// <param name="ProblemsOf">What is wrong with a text.</param>
internal sealed record ExpressionShape(Func<string, IReadOnlyList<ExpressionProblem>> ProblemsOf) : Shape
{
    private const int Longest = 1000;

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(Longest).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false, Text.Length: > 0 and <= Longest } scalar)
        {
            return;
        }

        foreach (var problem in ProblemsOf(scalar.Text))
        {
            Tell(scalar, name, problem.Line, problem.Column, problem.Message, problem.Suggestion, findings);
        }
    }

    /// <summary>Tells of a place in a text: in the file where the text stands there as it is, else within it.</summary>
    public static void Tell(Scalar scalar, string name, int line, int column, string message, string? suggestion, Findings findings)
    {
        if (scalar.TextColumn is { } begins)
        {
            findings.Add(scalar with { Column = begins + column - 1 }, $"{name}: {message}", suggestion);
        }
        else
        {
            findings.Add(scalar, $"{name}, at {line}:{column} of it: {message}", suggestion);
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "string", ["maxLength"] = Longest };
}
