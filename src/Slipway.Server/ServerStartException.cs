using Slipway.Core.Kernel;

namespace Slipway.Server;

/// <summary>The server cannot start as it was asked to: what is wrong, what to do, and for a file each mistake with its place.</summary>
public sealed class ServerStartException(string message, string nextStep, IReadOnlyList<Problem>? problems = null, Exception? inner = null) : Exception(message, inner)
{
    public string NextStep { get; } = nextStep;

    public IReadOnlyList<Problem> Problems { get; } = problems ?? [];

    /// <summary>What was asked for cannot be, such as a file that is not there; not what was met on the way.</summary>
    public bool IsWrongUsage { get; init; }
}
