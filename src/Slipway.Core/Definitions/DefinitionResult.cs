using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;
using Slipway.Core.Releases;

namespace Slipway.Core.Definitions;

/// <summary>A definition, or everything that is wrong with its text in the order of the file; never both. Neither: it asks for what only a platform knows.</summary>
public sealed record DefinitionResult(ServiceDefinition? Definition, IReadOnlyList<Problem> Problems)
{
    /// <summary>The templates that its pipeline came from; empty where none were asked for.</summary>
    public IReadOnlyList<TemplateUse> Templates { get; init; } = [];

    /// <summary>What works and should be changed, with its place: the use of a deprecated template, or what <see cref="RolloutWarnings"/> finds.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>Where it was read without a platform: what could not be checked for that, with its place. Such a text is no definition yet.</summary>
    public IReadOnlyList<Problem> Unknown { get; init; } = [];

    /// <summary>Whether more could be said with a platform: it names templates that may be the platform's own.</summary>
    public bool NeedsPlatform { get; init; }
}

/// <summary>A platform's definition, or everything that is wrong with its text in the order of the file; never both.</summary>
public sealed record PlatformResult(PlatformDefinition? Definition, IReadOnlyList<Problem> Problems);
