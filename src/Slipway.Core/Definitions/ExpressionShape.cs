using Slipway.Core.Expressions;

namespace Slipway.Core.Definitions;

/// <summary>An expression.</summary>
/// <param name="Problems">What is wrong with one; empty: nothing.</param>
internal sealed record ExpressionShape(Func<string, IReadOnlyList<ExpressionProblem>> Problems) : Shape
{
    private const int Longest = 1000;

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(Longest).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false, Text.Length: > 0 and <= Longest } scalar)
        {
            return;
        }

        foreach (var problem in Problems(scalar.Text))
        {
            if (scalar.TextColumn is { } column)
            {
                findings.Add(node with { Column = column + problem.Column - 1 }, $"{name}: {problem.Message}", problem.Suggestion);
            }
            else
            {
                findings.Add(node, $"{name}, at {problem.Line}:{problem.Column} of it: {problem.Message}", problem.Suggestion);
            }
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "string" };
}
