using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

public sealed partial class KayentaTests
{
    private const string NotHere = "(cases not here)";

    /// <summary>One row for each case, or one that is skipped.</summary>
    public static TheoryData<string> Names => KayentaCases.All is { } all ? [.. all.Keys] : [NotHere];

    [Theory]
    [MemberData(nameof(Names))]
    public void Kayentas_published_cases_come_out_the_same(string name)
    {
        var test = KayentaCases.Get(name);
        switch (test.GetProperty("kind").GetString())
        {
            case "mann-whitney-classifier":
            case "mean-inequality":
                Classify(test);
                break;
            case "weighted-sum-scorer":
                Score(test);
                break;
            case "mann-whitney-ci":
                Measure(test);
                break;
            case "outlier-detector":
                Detect(test.GetProperty("source").GetString()!);
                break;
            case var other:
                Assert.Fail($"A case of the kind {other} is not understood.");
                break;
        }
    }

    private static void Classify(JsonElement test)
    {
        var settings = new MannWhitneySettings();
        var metric = new MannWhitneyMetric
        {
            Name = "metric",
            Canary = test.Numbers("experiment"),
            Stable = test.Numbers("control"),
            Comparison = test.GetProperty("kind").GetString() == "mean-inequality" ? MetricComparison.Means : MetricComparison.Ranks,
            Direction = Enum.Parse<MetricDirection>(test.GetProperty("direction").GetString()!),
            NanStrategy = Enum.Parse<NanStrategy>(test.GetProperty("nanStrategy").GetString()!),
            IsCritical = test.GetProperty("isCriticalMetric").GetBoolean(),
            MustHaveData = test.GetProperty("isDataRequired").GetBoolean(),
        };
        if (test.TryGetProperty("params", out var given))
        {
            double[] allowed = given.Numbers("effectSizeThresholds"), critical = given.Numbers("criticalThresholds");
            settings = settings with { Confidence = given.GetProperty("confLevel").GetDouble(), Tolerance = given.GetProperty("tolerance").GetDouble() };
            metric = metric with
            {
                Effect = new()
                {
                    Measure = given.GetProperty("effectSizeMeasure").GetString() == "cles" ? EffectMeasure.CommonLanguage : EffectMeasure.MeanRatio,
                    AllowedDecrease = allowed[0],
                    AllowedIncrease = allowed[1],
                    CriticalDecrease = critical[0],
                    CriticalIncrease = critical[1],
                },
            };
        }

        var result = MannWhitneyJudge.Judge(settings, [metric]).Metrics.ShouldHaveSingleItem();
        var expected = test.GetProperty("expect");
        result.Classification.ShouldBe(Classification(expected.GetProperty("classification")), result.Reason);
        if (expected.TryGetProperty("critical", out var isCritical))
        {
            result.IsCriticalFailure.ShouldBe(isCritical.GetBoolean());
        }

        if (expected.TryGetProperty("deviation", out var deviation))
        {
            (result.Deviation ?? double.NaN).ShouldBe(deviation.Number());
        }
    }

    private static void Score(JsonElement test)
    {
        var weights = test.GetProperty("groupWeights").EnumerateObject().ToDictionary(weight => weight.Name, weight => weight.Value.GetDouble());
        var metrics = test.GetProperty("metrics").EnumerateArray().Select(metric => new MetricResult
        {
            Name = metric.GetProperty("name").GetString()!,
            Classification = Classification(metric.GetProperty("classification")),
            Reason = "as given",
            Groups = [.. metric.GetProperty("groups").EnumerateArray().Select(group => group.GetString()!)],
            IsCriticalFailure = metric.GetProperty("critical").GetBoolean(),
            HasNumbers = metric.GetProperty("classification").GetString() != "Nodata",
        });
        MannWhitneyScore.Of(new() { GroupWeights = weights }, [.. metrics]).Score.ShouldBe(test.GetProperty("expect").GetProperty("summaryScore").GetDouble());
    }

    private static MetricClassification Classification(JsonElement name) =>
        name.GetString() == "NodataFailMetric" ? MetricClassification.NodataFail : Enum.Parse<MetricClassification>(name.GetString()!);

    private static void Measure(JsonElement test)
    {
        var arrays = test.GetProperty("arrays").EnumerateObject().Select(array => array.Name).ToArray();
        var measured = new Measured(
            arrays.Length == 0 ? null : arrays.Contains("x")
                ? new RankTest(test.GetProperty("arrays").Numbers("x"), test.GetProperty("arrays").Numbers("y"))
                : new RankTest(test.GetProperty("arrays").Numbers("experiment"), test.GetProperty("arrays").Numbers("control")),
            test.GetProperty("confidenceLevel").GetDouble());
        var asserts = test.GetProperty("asserts").EnumerateArray().ToArray();
        asserts.ShouldNotBeEmpty();
        foreach (var written in asserts.Select(element => element.GetString()!))
        {
            var parts = Equality().Match(written);
            parts.Success.ShouldBeTrue(written);
            double Constant(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
                : text == "E" ? test.GetProperty("tolerance").GetDouble() : test.GetProperty("scalars").GetProperty(text).GetDouble();
            measured.Of(parts.Groups["actual"].Value).ShouldBe(Constant(parts.Groups["expected"].Value), Constant(parts.Groups["tolerance"].Value), written);
        }
    }

    /// <summary>What the names in the cases' assertions stand for.</summary>
    private sealed record Measured(RankTest? Given, double Confidence)
    {
        private readonly double quantile = NormalQuantile.At((1 - Confidence) / 2);

        private RankTest Test => Given ?? throw new InvalidOperationException("The case has no values.");

        public double Of(string name) => Difference().Match(name) is { Success: true } difference
            ? Test.Statistic(double.Parse(difference.Groups["shift"].Value)) - double.Parse(difference.Groups["quantile"].Value)
            : name switch
            {
                // Of a confidence of 98 %, which the case takes for granted.
                "zQuant" => NormalQuantile.At(0.01),
                "result.confidenceInterval.head" or "ciLower" => Test.Interval(Confidence).Low,
                "result.confidenceInterval.last" or "ciUpper" => Test.Interval(Confidence).High,
                "result.estimate" or "estimate" => Test.Interval(Confidence).Estimate,
                "muMin" => Test.LeastShift,
                "muMax" => Test.GreatestShift,
                "zqLower" => -quantile,
                "zqUpper" => quantile,
                "fLower1" => Test.Statistic(Test.LeastShift) + quantile,
                "fUpper1" => Test.Statistic(Test.GreatestShift) + quantile,
                "fLower2" => Test.Statistic(Test.LeastShift) - quantile,
                "fUpper2" => Test.Statistic(Test.GreatestShift) - quantile,
                _ => throw new ArgumentException($"It is not known what {name} stands for.", nameof(name)),
            };
    }

    private static void Detect(string source)
    {
        double[] values = [.. List(source, "testData").Select(double.Parse)];
        bool[] truth = Filled().IsMatch(source) ? [.. Enumerable.Repeat(false, values.Length - 1), true] : [.. List(source, "truth").Select(bool.Parse)];
        var detector = Detector().Match(source);
        detector.Success.ShouldBeTrue(source);
        var factor = double.Parse(detector.Groups["factor"].Value);
        var fences = detector.Groups["name"].Value == "KSigma" ? Fences.Deviations(values, factor) : Fences.Quartiles(values, factor);
        values.Select(fences.IsBeyond).ShouldBe(truth);
    }

    private static string[] List(string source, string name)
    {
        var list = Regex.Match(source, $@"val {name} = Array(\[\w+\])?\((?<items>[^)]*)\)");
        list.Success.ShouldBeTrue($"no {name} in {source}");
        return list.Groups["items"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"^assertEquals\((?<expected>[^,]+), (?<actual>.+), (?<tolerance>[^,]+)\)$")]
    private static partial Regex Equality();

    [GeneratedRegex(@"\.wilcoxonDiff\((?<shift>[^,]+), (?<quantile>[^,]+), x, y\)$")]
    private static partial Regex Difference();

    [GeneratedRegex(@"new (?<name>KSigma|IQR)Detector\((factor = )?(?<factor>[\d.]+)\)")]
    private static partial Regex Detector();

    // All false but the last.
    [GeneratedRegex(@"val truth = Array\.fill\[Boolean\]\(testData\.length - 1\)\(false\) :\+ true")]
    private static partial Regex Filled();
}
