namespace Slipway.Client.Api;

/// <summary>That a run's pipeline came from a template.</summary>
public sealed record TemplateUseView
{
    public required string Template { get; init; }
    public required string Version { get; init; }

    /// <summary>The range of versions that the service wrote.</summary>
    public required string Asked { get; init; }

    /// <summary>The job that it was used for; null: the whole pipeline.</summary>
    public string? Job { get; init; }

    /// <summary>Why this version was taken, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>What is said of its deprecation; null: it was not deprecated.</summary>
    public string? Deprecated { get; init; }
}

/// <summary>One version of a template.</summary>
public sealed record TemplateView
{
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary><c>slipway</c>: it came with Slipway; <c>platform</c>: it stands in the platform folder.</summary>
    public required string Origin { get; init; }
    public required string Description { get; init; }

    /// <summary>For which services it is so far, in words: <c>20 % and shop</c>; null: for all.</summary>
    public string? Rollout { get; init; }

    /// <summary>Since when, until when, and what to do instead, in words; null: it is not.</summary>
    public string? Deprecated { get; init; }

    /// <summary>How many services' newest run came from it.</summary>
    public required int Services { get; init; }
}

/// <summary>The templates in force, and what is wrong in their folder.</summary>
public sealed record TemplateList
{
    /// <summary>By name, the older version first.</summary>
    public required IReadOnlyList<TemplateView> Items { get; init; }
    public required IReadOnlyList<TemplateFaultView> Faults { get; init; }
}

/// <summary>A file of the platform folder that cannot be used as it is.</summary>
public sealed record TemplateFaultView
{
    /// <summary>Below the folder of templates.</summary>
    public required string Path { get; init; }

    /// <summary>What holds meanwhile, in words.</summary>
    public required string Instead { get; init; }
    public required IReadOnlyList<FileProblem> Problems { get; init; }
}

/// <summary>A version of a template with all that a service can say to it.</summary>
public sealed record TemplateDetail
{
    public required TemplateView Template { get; init; }

    /// <summary>All versions of it, the older first.</summary>
    public required IReadOnlyList<string> Versions { get; init; }
    public required IReadOnlyList<TemplateInputView> Inputs { get; init; }
    public required IReadOnlyList<TemplatePointView> Extensions { get; init; }
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>YAML.</summary>
    public required string Definition { get; init; }
}

public sealed record TemplateInputView
{
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>boolean</c>, <c>list</c> or <c>choice</c>.</summary>
    public required string Type { get; init; }
    public string? Description { get; init; }

    /// <summary>As it would be written; null: it must be given.</summary>
    public string? Default { get; init; }

    /// <summary>What it must be besides its type, in words; null: nothing.</summary>
    public string? Rule { get; init; }

    /// <summary>The environment variable in which steps get it.</summary>
    public required string Variable { get; init; }
}

/// <summary>Where a service may add something.</summary>
public sealed record TemplatePointView
{
    public required string Name { get; init; }

    /// <summary><c>steps</c> or <c>jobs</c>.</summary>
    public required string Adds { get; init; }
    public required string Description { get; init; }
}

/// <summary>A service whose newest run came from a template.</summary>
public sealed record TemplateUserView
{
    public required string Service { get; init; }

    /// <summary>That run.</summary>
    public required string Run { get; init; }
    public required DateTimeOffset At { get; init; }
    public required TemplateUseView Use { get; init; }

    /// <summary>The version that a run which began now would get, where it is another one.</summary>
    public string? Next { get; init; }

    /// <summary>Why a run that began now would get none; null: it would.</summary>
    public string? Problem { get; init; }
}
