namespace Slipway.Cli.CommandLine;

/// <summary>What the program's exit status says; scripts rely on it.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It was tried and failed: rolled back, refused by a rule, a conflict such as a name that is taken, a repository that cannot be read.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, or a file that is not valid. A folder or a branch that an option names and that is not there is wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>There is no service, release, run or the like of that name.</summary>
    public const int NotFound = 3;
    public const int NotAllowed = 4;
    public const int Unreachable = 5;
    public const int TimedOut = 6;

    /// <summary>A person must act, and there is nothing more to watch until then.</summary>
    public const int WaitsForAPerson = 7;

    /// <summary>Ended by Ctrl-C, as shells have it.</summary>
    public const int Interrupted = 130;
}
