namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>Largest YAML file that is read, in bytes of UTF-8.</summary>
    public const int DefinitionBytes = 256 * 1024;

    /// <summary>Deepest nesting of maps and lists in a YAML file.</summary>
    public const int DefinitionDepth = 20;

    /// <summary>Most scalars, maps and lists in a YAML file.</summary>
    public const int DefinitionNodes = 10_000;

    /// <summary>Problems told about one file; the rest is left out, and said to be.</summary>
    public const int DefinitionProblems = 100;

    /// <summary>Longest service name; it becomes a DNS label together with an environment's.</summary>
    public const int ServiceName = 40;

    public const int EnvironmentName = 20;

    /// <summary>Environments of one installation.</summary>
    public const int Environments = 50;

    public const int Instances = 1000;

    /// <summary>Processes of one service.</summary>
    public const int Processes = 10;

    /// <summary>Longest name of a process.</summary>
    public const int ProcessName = 20;
}
