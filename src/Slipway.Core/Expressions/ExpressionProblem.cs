namespace Slipway.Core.Expressions;

/// <summary>What is wrong with an expression, found before it is evaluated. <see cref="Line"/> and <see cref="Column"/> count from 1.</summary>
public sealed record ExpressionProblem(int Line, int Column, string Message, string? Suggestion)
{
    public override string ToString() => Suggestion is null ? $"{Line}:{Column}: {Message}" : $"{Line}:{Column}: {Message} ({Suggestion})";

    internal static ExpressionProblem At(string text, int offset, string message, string? suggestion)
    {
        var (line, column) = Place.Of(text, offset);
        return new ExpressionProblem(line, column, message, suggestion);
    }
}

/// <summary>What went wrong while an expression was evaluated. <see cref="Line"/> and <see cref="Column"/> count from 1.</summary>
public sealed record ExpressionError(int Line, int Column, string Message)
{
    public override string ToString() => $"{Line}:{Column}: {Message}";
}

internal static class Place
{
    public static (int Line, int Column) Of(string text, int offset)
    {
        var before = text.AsSpan(0, Math.Clamp(offset, 0, text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
