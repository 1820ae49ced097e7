using System.Text.RegularExpressions;
using Slipway.Core.Definitions;

namespace Slipway.Core.Pipelines.Templates;

/// <summary>Where a template comes from.</summary>
public enum TemplateOrigin
{
    /// <summary>It came with Slipway.</summary>
    Slipway,

    /// <summary>It stands in the platform folder, and takes the place of Slipway's own of the same name.</summary>
    Platform,
}

/// <summary>A version of a pipeline that services share: what they give it, where they may add to it, and the jobs that it comes to.</summary>
public sealed record Template
{
    /// <summary>Lower-case letters, digits, single hyphens inside; at most 40 characters.</summary>
    public required string Name { get; init; }
    public required SemanticVersion Version { get; init; }
    public required TemplateOrigin Origin { get; init; }

    /// <summary>For messages: <c>templates/NAME/VERSION/template.yaml</c>.</summary>
    public required string File { get; init; }

    /// <summary>YAML.</summary>
    public required string Text { get; init; }
    public required string Description { get; init; }

    /// <summary>In the order written.</summary>
    public IReadOnlyList<TemplateInput> Inputs { get; init; } = [];
    public IReadOnlyList<ExtensionPoint> Extensions { get; init; } = [];

    /// <summary>Null: it is not.</summary>
    public Deprecation? Deprecated { get; init; }

    /// <summary>The names of its jobs; a template of one job can be used for a job as well.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary><c>pipeline</c> and <c>artifact</c>, with references to inputs where their values come.</summary>
    internal MapNode Pipeline { get; init; } = new(1, 1, []);
    internal MapNode? Artifact { get; init; }

    public override string ToString() => $"{Name}@{Version}";
}

/// <summary>What an input can be: <c>string</c>, <c>integer</c>, <c>boolean</c>, <c>list</c> of strings, <c>choice</c>.</summary>
public enum InputType { Text, Whole, YesNo, List, Choice }

/// <summary>What a service gives to a template.</summary>
public sealed record TemplateInput
{
    /// <summary>As a service's name.</summary>
    public required string Name { get; init; }
    public required InputType Type { get; init; }
    public string? Description { get; init; }

    /// <summary>As a person would write it; null: it must be given.</summary>
    public string? Default { get; init; }

    /// <summary>Of a choice.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>What the whole of a text, or of each item of a list, must match; null: anything.</summary>
    public string? Pattern { get; init; }

    /// <summary>Of an integer; null: no bound.</summary>
    public int? Least { get; init; }
    public int? Most { get; init; }

    /// <summary>The environment variable in which steps get it: <c>INPUT_NAME</c>.</summary>
    public string Variable => VariableOf(Name);

    internal Node? DefaultNode { get; init; }
    internal Regex? Grammar { get; init; }

    public static string VariableOf(string name) => VariablePrefix + name.Replace('-', '_').ToUpperInvariant();

    public const string VariablePrefix = "INPUT_";
}

/// <summary>Whether steps or whole jobs can be added at a point.</summary>
public enum ExtensionKind { Steps, Jobs }

/// <summary>A place where a service may add something of its own.</summary>
public sealed record ExtensionPoint(string Name, ExtensionKind Kind, string Description);

/// <summary>That a version is not to be used any more; it works as long as it is there.</summary>
/// <param name="Message">What to do instead.</param>
/// <param name="Until">From then on it may be taken away; null: nobody has said when.</param>
public sealed record Deprecation(DateOnly Since, string Message, DateOnly? Until)
{
    public override string ToString() =>
        $"deprecated since {Since:yyyy-MM-dd}{(Until is { } until ? $", to be taken away on {until:yyyy-MM-dd}" : "")}: {Message}";
}

/// <summary>That a service's pipeline came from a template, and why from this version.</summary>
/// <param name="Asked">The range that the service wrote: <c>^1.2</c>.</param>
/// <param name="Job">The job that it is used for; null: the whole pipeline.</param>
/// <param name="Reason">Why this version was taken, in words.</param>
/// <param name="Deprecated">What is said of its deprecation; null: it is not deprecated.</param>
public sealed record TemplateUse(string Template, string Version, string Asked, string? Job, string Reason, string? Deprecated)
{
    public override string ToString() => $"{Template}@{Version}";
}
