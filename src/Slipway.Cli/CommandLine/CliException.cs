namespace Slipway.Cli.CommandLine;

/// <summary>Ends the command with a message for people: what is wrong (and where), what to do.</summary>
internal sealed class CliException(int exitCode, string what, string? nextStep = null) : Exception(what)
{
    public int ExitCode => exitCode;
    public string? NextStep => nextStep;

    public static CliException Usage(string what, string? nextStep = null) => new(ExitCodes.Usage, what, nextStep);
}
