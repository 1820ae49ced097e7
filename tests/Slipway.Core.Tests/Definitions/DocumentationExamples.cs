using System.Text.RegularExpressions;
using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

/// <summary>What the documentation shows may be copied.</summary>
public sealed partial class DocumentationExamples
{
    [Theory]
    [InlineData("strategies.md", 4)]
    [InlineData("checks.md", 4)]
    [InlineData("verification.md", 2)]
    public void Its_examples_of_rollouts_are_valid(string page, int atLeast)
    {
        var examples = Blocks(page).Where(block => !block.StartsWith('#')).Select(Definition).ToList();
        examples.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        foreach (var example in examples)
        {
            ServiceDefinitionReader.Read(example, page, null).Problems.Select(problem => problem.ToString()).ShouldBeEmpty(example);
        }
    }

    [Fact]
    public void Its_example_of_a_template_is_valid()
    {
        var example = Blocks("checks.md").Single(block => block.StartsWith("# checks/", StringComparison.Ordinal));
        var (templates, problems) = CheckTemplateReader.Read([new PlatformFile("checks/error-budget.yaml", example)], null);
        problems.ShouldBeEmpty();
        templates.ShouldHaveSingleItem().Name.ShouldBe("error-budget");
    }

    private static IEnumerable<string> Blocks(string page) =>
        Block().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", page))).Select(match => match.Groups[1].Value);

    /// <summary>A part of a definition, made whole.</summary>
    private static string Definition(string part)
    {
        var whole = part.StartsWith('-') ? "rollout:\n  checks:\n" + string.Concat(part.Split('\n').Select(line => $"    {line}\n")) : part;
        var verify = whole.Contains("verify:\n", StringComparison.Ordinal) ? "" : "verify: [ { name: journey, run: ./journey } ]\n";
        return $"service: shop\n{verify}{(whole.Contains("run: {", StringComparison.Ordinal) || whole.Contains("processes:\n", StringComparison.Ordinal) ? "" : "run: { command: ./shop }\n")}{whole}";
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
