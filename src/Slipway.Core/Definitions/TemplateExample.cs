using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>What came of a template with the inputs of an example.</summary>
/// <param name="Pipeline">Null: it was refused.</param>
/// <param name="Problems">What is wrong; empty where it must be refused and was.</param>
public sealed record ExampleResult(PipelineDefinition? Pipeline, ArtifactDefinition? Artifact, IReadOnlyList<Problem> Problems);

/// <summary>Tries a template with the inputs and additions of an example: <c>with</c> and <c>extend</c> as a service would write them, and <c>fails</c> where it must be refused.</summary>
public static class TemplateExample
{
    /// <summary>With nothing given at all.</summary>
    public static ExampleResult TryDefaults(Template template) => Try(template, new MapNode(1, 1, []), template.File, new Findings(template.File));

    /// <param name="file">Its name, for messages.</param>
    public static ExampleResult Try(Template template, string text, string file)
    {
        ArgumentNullException.ThrowIfNull(template);
        var findings = new Findings(file);
        if (YamlTree.Read(text, findings) is not { } root)
        {
            return new(null, null, findings.Sorted());
        }

        TemplateKeys.Example.Check(root, "the example", findings);
        if (findings.Any)
        {
            return new(null, null, findings.Sorted());
        }

        var result = Try(template, root, file, findings);
        if (Values.Text(root["fails"]) is not { } expected)
        {
            return result;
        }

        var place = root["fails"]!;
        return result.Problems.Count == 0 ? new(null, null, [new Problem(file, place.Line, place.Column, $"{template} takes this, and must not.", "Give the input a pattern, bounds or values; or remove fails.")])
            : result.Problems.Any(p => p.Message.Contains(expected, StringComparison.Ordinal)) ? new(null, null, [])
            : new(null, null, [new Problem(file, place.Line, place.Column, $"{template} refuses this with other words: {result.Problems[0].Message}", "Write a part of them behind fails.")]);
    }

    private static ExampleResult Try(Template template, MapNode example, string file, Findings findings)
    {
        var catalog = TemplateCatalog.OfOne(template);
        var uses = new Entry(new Scalar(1, 1, "uses", true), new Scalar(1, 1, template.ToString(), true));
        var pipeline = new MapNode(1, 1, [uses, .. example.Entries.Where(e => e.Key.Text is "with" or "extend")]);
        var root = new MapNode(1, 1, [new Entry(new Scalar(1, 1, "pipeline", true), pipeline)]);
        TemplateExpansion.Of(root, "example", file, catalog, findings, out var expanded);
        if (expanded is not null)
        {
            PipelineKeys.Pipeline.Check(expanded["pipeline"]!, "pipeline", findings);
            PipelineKeys.CheckArtifact(expanded, findings);
            PipelineChecks.Check(expanded, findings);
        }

        if (findings.Any || expanded is null)
        {
            return new(null, null, findings.Sorted());
        }

        var artifact = PipelineReader.ReadArtifact(expanded);
        return new(PipelineReader.Read(expanded.Map("pipeline")!, artifact), artifact, []);
    }
}
