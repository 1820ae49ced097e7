namespace Slipway.Cli.Init;

/// <summary>How sure something is: read in a file; taken because it is usual; or nothing that can be known from files, so that a person must look.</summary>
internal enum Certainty { Found, Guessed, Check }

/// <param name="File">Where it was read; null: nowhere.</param>
internal sealed record Remark(Certainty Certainty, string Text, string? File = null);

/// <param name="Comment">Stands above it in the file; null: nothing needs to be said.</param>
internal sealed record Line(string Value, string? Comment = null);

/// <param name="Run">For bash, one line or more.</param>
/// <param name="Report">The kind of report that the step writes, and where; null: none.</param>
internal sealed record BuildStep(string Name, string Run, string? Comment = null, TestReport? Report = null, IReadOnlyDictionary<string, string>? Env = null);

/// <param name="Kind"><c>junit</c> or <c>trx</c>.</param>
internal sealed record TestReport(string Kind, string Glob);

/// <summary>A template that comes with Slipway and does what the steps found here do.</summary>
/// <param name="Uses">Its name and the range of its versions.</param>
/// <param name="With">Its inputs where they are not the default, as YAML.</param>
/// <param name="BeforePackage">Steps of this service alone.</param>
/// <param name="Artifact">The part that runs of what it packs; null: all of it.</param>
internal sealed record GoldenPath(string Uses, IReadOnlyList<(string Input, Line Value)> With, IReadOnlyList<BuildStep> BeforePackage, string? Artifact);

/// <summary>What a folder is, and so what a definition of it says.</summary>
internal sealed record Detected
{
    /// <summary>The word for scripts: dotnet, node, python, go, java, static or command.</summary>
    public required string Ecosystem { get; init; }

    /// <summary>In words: <c>Node.js service with npm</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The service's folder in the repository; empty: the repository itself.</summary>
    public required string Folder { get; init; }

    /// <summary>What its own files call it; null: they do not.</summary>
    public string? Name { get; init; }

    /// <summary>As <c>cache</c> is written in one line; null: nothing is fetched.</summary>
    public Line? Cache { get; init; }

    /// <summary>Whether the build fetches anything.</summary>
    public bool Network { get; init; } = true;
    public required IReadOnlyList<BuildStep> Steps { get; init; }

    /// <summary>Stands for the steps; null: none does what they do.</summary>
    public GoldenPath? Template { get; init; }

    /// <summary>The folder that is packed.</summary>
    public required string Artifact { get; init; }
    public required Line Command { get; init; }
    public IReadOnlyDictionary<string, Line> Env { get; init; } = new Dictionary<string, Line>();
    public required Line HealthPath { get; init; }

    /// <summary>False: it works on its own and answers no user's requests.</summary>
    public bool TakesTraffic { get; init; } = true;
    public required IReadOnlyList<Remark> Remarks { get; init; }
}

/// <summary>A folder that could be a service.</summary>
internal sealed record Candidate(string Folder, string Kind, string Because);

/// <summary>What looking at a repository came to.</summary>
internal abstract record Recognised
{
    private Recognised() { }

    internal sealed record As(Detected Detected) : Recognised;

    /// <summary>A person must say which one is meant.</summary>
    internal sealed record OneOf(IReadOnlyList<Candidate> Candidates) : Recognised;

    /// <param name="Aside">Services among examples, tests and the like, which are taken only where they are named.</param>
    /// <param name="Hints">What was seen that is no sign of a known kind of service.</param>
    internal sealed record Nothing(IReadOnlyList<Candidate> Aside, IReadOnlyList<string> Hints) : Recognised;
}
