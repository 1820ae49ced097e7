namespace Slipway.Core.Kernel;

/// <summary>One thing wrong with an input: where it is, what it is, and the way out. <see cref="Line"/> and <see cref="Column"/> count from 1.</summary>
public sealed record Problem(string File, int Line, int Column, string Message, string? Suggestion = null)
{
    public override string ToString() => Suggestion is null
        ? $"{File}:{Line}:{Column}: {Message}"
        : $"{File}:{Line}:{Column}: {Message} ({Suggestion})";
}
