namespace Slipway.Core.Pipelines.Templates;

/// <summary>What a range of a template comes to for a service.</summary>
public abstract record TemplateChoice
{
    private TemplateChoice() { }

    /// <param name="Why">In words, as the end of "this version: …".</param>
    public sealed record Chosen(Template Template, string Why) : TemplateChoice;

    /// <summary>There is none of that name.</summary>
    public sealed record NoTemplate : TemplateChoice;

    /// <summary>None of its versions will do.</summary>
    public sealed record NoVersion(string Why, string WayOut) : TemplateChoice;
}
