using System.Text;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Init;

/// <summary>A definition on its way, with what is to be said about it.</summary>
internal sealed class Draft(RepositoryFiles files, string ecosystem, string kind)
{
    /// <summary>The folder that a build fills where the checkout itself is not what runs: hidden, so that no tool takes what is in it for sources.</summary>
    public const string ArtifactFolder = ".artifact";

    /// <summary>Where reports are written. They are not packed: they hold times, and the same commit shall give the same artifact.</summary>
    public const string TestResults = "test-results";

    private const int LongestRemark = 400;

    private readonly List<Remark> remarks = [];
    private readonly List<BuildStep> steps = [];
    private readonly Dictionary<string, Line> env = [];
    private readonly List<(string Input, Line Value)> with = [];
    private readonly List<BuildStep> beforePackage = [];
    private (string Uses, string? Artifact)? template;

    public RepositoryFiles Files => files;
    public string Ecosystem => ecosystem;
    public string Kind { get; set; } = kind;

    /// <summary>What says that it is one, in words, where its kind says little: <c>serve.sh</c>.</summary>
    public string? Sign { get; set; }

    /// <summary>What a file says to start it with; null: none does.</summary>
    public string? Started { get; set; }
    public string? Name { get; set; }
    public Line? Cache { get; set; }
    public bool Network { get; set; } = true;
    public string Artifact { get; set; } = ArtifactFolder;
    public Line Command { get; set; } = new("");
    public Line Health { get; set; } = new("/");
    public bool TakesTraffic { get; set; } = true;

    /// <summary>How sure it is that this is what the folder is about; the surest of several is taken.</summary>
    public bool IsServer { get; set; } = true;

    public Draft Found(string text, string file) => Say(new(Certainty.Found, text, files.NameOf(file)));

    public Draft Guess(string text) => Say(new(Certainty.Guessed, text));

    public Draft Check(string text, string? file = null) => Say(new(Certainty.Check, text, file is null ? null : files.NameOf(file)));

    public Draft Step(string name, string run, string? comment = null, TestReport? report = null, IReadOnlyDictionary<string, string>? env = null)
    {
        steps.Add(new(name, run, comment, report, env));
        return this;
    }

    public Draft Set(string name, string value, string? comment = null)
    {
        env[name] = new(value, comment);
        return this;
    }

    /// <summary>Names the template that does what the steps do; null: none does.</summary>
    /// <param name="artifact">The part that runs of what it packs; null: all of it.</param>
    public Draft As(string? uses, string? artifact = null)
    {
        template = uses is null ? null : (uses, artifact);
        return this;
    }

    /// <summary>An input of the template.</summary>
    public Draft With(string input, string value, string? comment = null) => WithYaml(input, YamlText.Scalar(value), comment);

    public Draft With(string input, bool value, string? comment = null) => WithYaml(input, value ? "true" : "false", comment);

    public Draft With(string input, IEnumerable<string> values, string? comment = null) => WithYaml(input, $"[{string.Join(", ", values.Select(YamlText.Item))}]", comment);

    /// <summary>A step that the template does not have.</summary>
    public Draft StepOfItsOwn(string name, string run, string comment)
    {
        beforePackage.Add(new(name, run, comment));
        return Step(name, run, comment);
    }

    private Draft WithYaml(string input, string value, string? comment)
    {
        with.Add((input, new(value, comment)));
        return this;
    }

    /// <summary>Whether a step so far has to do with a folder.</summary>
    public bool Uses(string folder) => steps.Exists(step => step.Run.Contains(folder, StringComparison.Ordinal));

    /// <summary>The step that puts the checkout, without Git's own files, where it is packed.</summary>
    public Draft PackCheckout(string before = "", string? comment = null) => Step(
        "package", $"{before}{(Uses(TestResults) ? $"rm -rf {TestResults}\n" : "")}mkdir -p {ArtifactFolder}\ntar -c --exclude=./.git --exclude=./{ArtifactFolder} . | tar -x -C {ArtifactFolder}",
        comment ?? "What runs is the checkout with what was installed into it, without Git's own files.");

    public Detected Done() => new()
    {
        Ecosystem = ecosystem, Kind = Kind, Folder = files.Folder, Name = Name, Cache = Cache, Network = Network, Steps = steps, Artifact = Artifact, Template = template is { } named ? new(named.Uses, with, beforePackage, named.Artifact) : null,
        Command = Command, Env = env, HealthPath = Health, TakesTraffic = TakesTraffic, Remarks = remarks,
    };

    /// <summary>A command that a shell must run, since it uses variables; the shell gives way to it.</summary>
    public static string Shell(string script) => $"sh -c {Quote(script)}";

    /// <summary>A word for a POSIX shell.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '@' or '%' or '+' or '=' or ':' or ',' or '-') ? word
        : new StringBuilder("'").Append(word.Replace("'", @"'\''", StringComparison.Ordinal)).Append('\'').ToString();

    private Draft Say(Remark said)
    {
        // What files say goes to a terminal: it gets letters, not commands.
        var remark = said with { Text = new string([.. Wrapping.Cut(said.Text, LongestRemark).Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]) };
        if (!remarks.Contains(remark))
        {
            remarks.Add(remark);
        }

        return this;
    }
}
