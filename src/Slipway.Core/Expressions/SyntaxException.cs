namespace Slipway.Core.Expressions;

/// <summary>An expression cannot be read from here on. Caught where reading began.</summary>
internal sealed class SyntaxException(int offset, string message, string? suggestion = null) : Exception(message)
{
    public int Offset { get; } = offset;

    public string? Suggestion { get; } = suggestion;
}
