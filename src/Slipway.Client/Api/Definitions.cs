namespace Slipway.Client.Api;

/// <summary>A <c>slipway.yaml</c> that is only looked at.</summary>
public sealed record ValidateDefinition
{
    /// <summary>Its name, for messages.</summary>
    public required string File { get; init; }
    public required string Text { get; init; }
}

/// <summary>What a server says of a definition, with the environments, metric sources and templates that are in force on it now.</summary>
public sealed record DefinitionValidation
{
    /// <summary>Everything that is wrong, in the order of the file; empty: it is valid.</summary>
    public required IReadOnlyList<FileProblem> Problems { get; init; }

    /// <summary>What works and should be changed.</summary>
    public required IReadOnlyList<FileProblem> Warnings { get; init; }

    /// <summary>Which templates its pipeline comes from.</summary>
    public required IReadOnlyList<TemplateUseView> Templates { get; init; }
}
