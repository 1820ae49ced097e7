using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>How a test script is made to write JUnit XML, by what its tool can do without another package.</summary>
/// <param name="Arguments">Behind the script's own.</param>
/// <param name="Report">Null: it cannot.</param>
/// <param name="Why">What was done, or why there is no report.</param>
internal sealed partial record NodeTests(string Arguments, IReadOnlyDictionary<string, string> Env, TestReport? Report, string Why)
{
    public const string Folder = "test-results";
    private static readonly Dictionary<string, string> NoEnv = [];

    public static NodeTests Of(string script, Func<string, bool> needs)
    {
        // Arguments reach the last command of a line alone.
        var simple = Simple().Match(script);
        var report = new TestReport("junit", $"{Folder}/*.xml");
        return (simple.Success ? simple.Groups["tool"].Value : "") switch
        {
            "node" when NodeRunner().IsMatch(script) => new("", new Dictionary<string, string>
            {
                ["NODE_OPTIONS"] = $"--test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination={Folder}/node.xml",
            }, report, "Node.js' own test runner writes JUnit XML, from its version 20 on."),
            "vitest" => new($"{(script.Contains("run", StringComparison.Ordinal) ? "" : "--run ")}--reporter=default --reporter=junit --outputFile.junit={Folder}/vitest.xml", NoEnv, report, "Vitest writes JUnit XML."),
            "mocha" => new($"--reporter xunit --reporter-option output={Folder}/mocha.xml", NoEnv, report, "Mocha's reporter xunit writes JUnit XML, and then nothing to the log."),
            "jest" when needs("jest-junit") => new("--reporters=default --reporters=jest-junit", new Dictionary<string, string> { ["JEST_JUNIT_OUTPUT_DIR"] = Folder }, report, "jest-junit is among the packages, and writes JUnit XML."),
            "jest" => new("", NoEnv, null, "Jest writes JUnit XML only with the package jest-junit, which is not there"),
            _ => new("", NoEnv, null, "it is not known how the test script would write JUnit XML; once it does, name the files in `report: { junit: … }`"),
        };
    }

    [GeneratedRegex(@"^(?:cross-env\s+)?(?:[A-Z][A-Z0-9_]{0,40}=[\w.,:/-]{0,80}\s+){0,5}(?<tool>node|vitest|mocha|jest)(?=\s|$)[^&|;<>]{0,500}$", RegexOptions.CultureInvariant)]
    private static partial Regex Simple();

    [GeneratedRegex(@"\s--test(\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex NodeRunner();
}
