using Slipway.Client.Api;
using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;
using Slipway.Engine.Pipelines;

namespace Slipway.Server.Pipelines;

/// <summary>Templates as the API shows them.</summary>
internal static class TemplateViews
{
    public static TemplateUseView Of(TemplateUse use) => new()
    {
        Template = use.Template, Version = use.Version, Asked = use.Asked, Job = use.Job, Reason = use.Reason, Deprecated = use.Deprecated,
    };

    public static TemplateView Of(Template template, TemplateCatalog catalog, IReadOnlyList<TemplateUser> users) => new()
    {
        Name = template.Name, Version = template.Version.ToString(), Origin = template.Origin == TemplateOrigin.Slipway ? "slipway" : "platform", Description = template.Description,
        Rollout = catalog.ShareOf(template)?.ToString(), Deprecated = template.Deprecated?.ToString(),
        Services = users.Where(u => u.Use.Template == template.Name && u.Use.Version == template.Version.ToString()).DistinctBy(u => u.Service).Count(),
    };

    public static TemplateFaultView Of(TemplateFault fault) => new()
    {
        Path = fault.Path, Instead = fault.Instead, Problems = [.. fault.Problems.Select(p => new FileProblem(p.File, p.Line, p.Column, p.Message, p.Suggestion))],
    };

    public static TemplateUserView Of(TemplateUser user) => new() { Service = user.Service, Run = user.Run, At = user.At, Use = Of(user.Use), Next = user.Next, Problem = user.Problem };

    public static TemplateDetail DetailOf(Template template, TemplateCatalog catalog, IReadOnlyList<TemplateUser> users) => new()
    {
        Template = Of(template, catalog, users),
        Versions = [.. catalog.Versions(template.Name).Select(t => t.Version.ToString())],
        Inputs = [.. template.Inputs.Select(Of)],
        Extensions = [.. template.Extensions.Select(p => new TemplatePointView { Name = p.Name, Adds = p.Kind == ExtensionKind.Jobs ? "jobs" : "steps", Description = p.Description })],
        Jobs = template.Jobs,
        Definition = template.Text,
    };

    private static TemplateInputView Of(TemplateInput input) => new()
    {
        Name = input.Name, Type = TemplateReader.WordOf(input.Type), Description = input.Description, Default = input.Default, Variable = input.Variable, Rule = RuleOf(input),
    };

    private static string? RuleOf(TemplateInput input) => input switch
    {
        { Values: [_, ..] values } => $"one of {string.Join(", ", values)}",
        { Least: { } least, Most: { } most } => $"from {least} to {most}",
        { Least: { } least } => $"at least {least}",
        { Most: { } most } => $"at most {most}",
        { Pattern: { } pattern } => $"{(input.Type == InputType.List ? "each " : "")}matching {pattern}",
        _ => null,
    };
}
