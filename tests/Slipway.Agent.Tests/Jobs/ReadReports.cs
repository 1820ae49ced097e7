using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Slipway.Agent.Jobs;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Reports as well-known runners write them, and as nobody should.</summary>
public sealed class ReadReports : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-reports-").FullName;

    [Fact]
    public void Jest_writes_the_class_into_the_name_and_the_message_into_the_text()
    {
        var tests = Sample("jest.xml");
        (tests.Tests, tests.Failed, tests.Unexplained).ShouldBe((4, 1, null));
        tests.Names.ShouldBe(["Cart removes an item"]);
        var failed = tests.Cases["Cart removes an item"];
        (failed.Outcome, failed.Suite, failed.Microseconds).ShouldBe((AttemptTestOutcome.Failed, "Cart", 12_000));
        failed.Message.ShouldBe("Error: expect(received).toBe(expected) // Object.is equality");
        failed.Stack!.ShouldContain("cart.test.js:14:22");
        tests.Cases["Cart ships abroad"].Outcome.ShouldBe(AttemptTestOutcome.Skipped);
    }

    [Fact]
    public void Pytest_names_modules_that_cannot_be_collected()
    {
        var tests = Sample("pytest.xml");
        (tests.Tests, tests.Failed, tests.Unexplained).ShouldBe((4, 2, null));
        tests.Cases.Keys.ShouldBe(["tests.test_cart.test_add[1-2]", "tests.test_cart.TestTotals.test_total", "tests.test_cart.test_ship", "tests.test_orders"]);
        tests.Cases["tests.test_cart.TestTotals.test_total"].Message.ShouldBe("AssertionError: assert 3 == 4\n  +  where 3 = total([1, 2])");
        tests.Cases["tests.test_orders"].Message.ShouldBe("collection failure");
    }

    [Fact]
    public void Surefire_writes_thousands_with_commas_and_colours_and_tells_of_tests_that_it_tried_again()
    {
        var tests = Sample("surefire.xml");
        (tests.Tests, tests.Failed, tests.Unexplained).ShouldBe((4, 2, null));
        tests.Cases["com.acme.cart.CartTest.addsAnItem"].Microseconds.ShouldBe(1_203_500_000);
        tests.Cases["com.acme.cart.CartTest.ships"].Message.ShouldBe("boom [31mred[0m");
        var flaky = tests.Cases["com.acme.cart.CartTest.racesWithTheClock"];
        (flaky.Outcome, flaky.FailedBefore, flaky.Message).ShouldBe((AttemptTestOutcome.Passed, true, "too late"));
        flaky.Stack!.ShouldContain("CartTest.java:50");
    }

    [Fact]
    public void Gotestsum_tells_of_a_test_and_of_its_parts()
    {
        var tests = Sample("gotestsum.xml");
        (tests.Tests, tests.Failed, tests.Unexplained).ShouldBe((4, 2, null));
        tests.Names.ShouldBe(["example.com/shop/cart.TestTotal", "example.com/shop/cart.TestTotal/empty"]);
        tests.Cases["example.com/shop/cart.TestTotal/empty"].Stack.ShouldBe("cart_test.go:21: got 1, want 0");
    }

    [Fact]
    public void Dotnet_test_tells_the_classes_behind_the_results()
    {
        var tests = Sample("dotnet.trx");
        (tests.Tests, tests.Failed, tests.Unexplained).ShouldBe((3, 1, null));
        tests.Cases.Keys.ShouldBe(["Shop.Tests.CartTests.Adds_an_item(count: 2)", "Shop.Tests.TotalTests.Sums", "Shop.Tests.CartTests.Ships"]);
        var failed = tests.Cases["Shop.Tests.TotalTests.Sums"];
        (failed.Message, failed.Microseconds).ShouldBe(("Assert.AreEqual failed. Expected:<4>. Actual:<3>.", 1_500_000));
        failed.Stack!.ShouldContain("TotalTests.cs:line 12");
    }

    [Theory]
    [InlineData("<testsuite name='cart' tests='2' failures='2'><testcase name='one'><failure/></testcase></testsuite>", "the suite 'cart' counts 2 failures and names 1")]
    [InlineData("<testsuite name='cart' errors='1'/>", "counts 1 failures and names 0")]
    [InlineData("<TestRun><Results><UnitTestResult testName='a' outcome='Failed'/></Results><ResultSummary><Counters failed='3'/></ResultSummary></TestRun>", "counts 3 failures and names 1")]
    [InlineData("<TestRun><Results><UnitTestResult testName='a' outcome='Failed'/></Results><ResultSummary><Counters failed='1'/><RunInfos><RunInfo outcome='Error'><Text>Test host process crashed</Text></RunInfo></RunInfos></ResultSummary></TestRun>", "Test host process crashed")]
    public void Failures_that_are_counted_and_not_named_are_never_forgiven(string report, string why)
    {
        var tests = Read(["a", "one"], ("r.xml", report));
        tests.Unexplained!.ShouldContain(why);
        tests.OnlyQuarantinedFailed.ShouldBeFalse();
    }

    [Fact]
    public void Only_when_every_failure_is_named_and_in_quarantine_and_every_report_was_read_are_failures_forgiven()
    {
        const string Both = "<testsuite failures='2'><testcase name='one'><failure/></testcase><testcase name='two'><failure/></testcase></testsuite>";
        Read(["one", "two", "three"], ("a.xml", Both)).OnlyQuarantinedFailed.ShouldBeTrue();
        var some = Read(["one"], ("a.xml", Both));
        (some.OnlyQuarantinedFailed, some.Failed, some.Quarantined).ShouldBe((false, 2, 1));
        some.Names.ShouldBe(["two"]);
        some.QuarantinedNames.ShouldBe(["one"]);
        (some.Cases["one"].Quarantined, some.Cases["two"].Quarantined).ShouldBe((true, false));
        Read(["one", "two"], ("a.xml", Both), ("b.xml", "<testsuite><testcase")).OnlyQuarantinedFailed.ShouldBeFalse();
        Read(["one"], ("a.xml", "<testsuite><testcase name='one'/></testsuite>")).OnlyQuarantinedFailed.ShouldBeFalse();
    }

    [Fact]
    public void A_document_type_entities_other_files_and_bottomless_ones_are_refused_each_with_its_reason()
    {
        var tests = Read([],
            ("doctype.xml", "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><testsuite><testcase name='evil'><failure>&a;</failure></testcase></testsuite>"),
            ("deep.xml", "<testsuite>" + string.Concat(Enumerable.Repeat("<a>", 1000))),
            ("deep-text.xml", "<testsuite><testcase name='x'><failure>" + string.Concat(Enumerable.Repeat("<a>", 1000))),
            ("cut.xml", "<testsuite><testcase name='cut'><failure/>"),
            ("empty.xml", ""),
            ("other.xml", "<project><testcase name='none'/></project>"));
        tests.Tests.ShouldBe(0);
        tests.Problems.Select(problem => problem.Split(':')[0]).ShouldBe(["cut.xml", "deep-text.xml", "deep.xml", "doctype.xml", "empty.xml"], ignoreOrder: true);

        var coverage = new CoverageTally();
        coverage.Read(_root,
        [
            Put("bomb.xml", "<!DOCTYPE coverage [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><coverage><packages><package name='&b;'/></packages></coverage>"),
            Put("no-coverage.xml", "<testsuite/>"),
        ]).Count.ShouldBe(2);
        coverage.Sum().ShouldBeNull();
    }

    [Fact]
    public void Coverage_is_counted_by_lines_and_a_line_of_several_files_once()
    {
        var coverage = new CoverageTally();
        coverage.Read(_root, [InRepository("coverlet.xml"), InRepository("istanbul.xml")]).ShouldBeEmpty();
        var sum = coverage.Sum()!;
        (sum.Covered, sum.Valid).ShouldBe((5, 7));
        sum.Packages.ShouldBe([new("Shop", 3, 4), new("src.cart", 2, 3)]);
        // Another project's tests ran the line that those of the first did not.
        var second = Put("second.xml", File.ReadAllText(InRepository("coverlet.xml")).Replace("number=\"16\" hits=\"0\"", "number=\"16\" hits=\"7\"", StringComparison.Ordinal));
        coverage.Read(_root, [second]).ShouldBeEmpty();
        coverage.Sum()!.Packages[0].ShouldBe(new("Shop", 4, 4));
    }

    [Fact]
    public void Of_too_many_packages_the_rest_is_counted()
    {
        var packages = string.Concat(Enumerable.Range(0, 250).Select(i => $"<package name='p{i:000}'><classes><class filename='f{i}'><lines><line number='1' hits='1'/></lines></class></classes></package>"));
        var coverage = new CoverageTally();
        coverage.Read(_root, [Put("many.xml", $"<coverage><packages>{packages}</packages></coverage>")]).ShouldBeEmpty();
        var sum = coverage.Sum()!;
        (sum.Packages.Count, sum.PackagesLeft, sum.Covered).ShouldBe((200, 50, 250));
    }

    [Fact]
    public void A_later_try_of_a_step_counts_and_an_earlier_failure_is_remembered()
    {
        var attempt = Attempt();
        var tally = new TestTally(attempt);
        tally.Take(0, Read([], ("1.xml", "<testsuite><testcase name='shaky'><failure message='late'/></testcase><testcase name='bad'><failure message='no'/></testcase><testcase name='good'/></testsuite>")).Cases);
        File.Delete(Path.Combine(_root, "1.xml"));
        tally.Take(0, Read([], ("2.xml", "<testsuite><testcase name='shaky'/><testcase name='bad'><failure message='still no'/></testcase></testsuite>")).Cases);
        // Another step ran a test of the same name: the worse of both is what the job saw.
        tally.Take(1, Read([], ("2.xml", "<testsuite><testcase name='good'><failure message='here'/></testcase></testsuite>")).Cases);
        tally.Save();
        var told = Saved(attempt);
        told.Tests.Select(t => (t.Name, t.Outcome, t.FailedBefore, t.Message)).ShouldBe(
        [
            ("bad", AttemptTestOutcome.Failed, true, "still no"), ("good", AttemptTestOutcome.Failed, false, "here"), ("shaky", AttemptTestOutcome.Passed, true, "late"),
        ], ignoreOrder: true);
        told.Coverage.ShouldBeNull();
    }

    [Fact]
    public void Texts_are_cut_to_their_bounds_between_characters_and_long_names_stay_apart()
    {
        var longName = string.Concat(Enumerable.Repeat("𝕏", 400));
        var tests = Read([], ("a.xml", $"<testsuite name='{new string('s', 500)}'><testcase name='{longName}1'><failure message='{longName}{longName}{longName}'>{string.Concat(Enumerable.Repeat("𝕏\n", 5000))}</failure></testcase><testcase name='{longName}2'/><testcase name='tab&#9;and&#10;line'/></testsuite>"));
        tests.Cases.Count.ShouldBe(3);
        foreach (var test in tests.Cases.Values)
        {
            test.Name.Length.ShouldBeInRange(1, AttemptTests.NameLength);
            (test.Suite!.Length, test.Message?.Length ?? 0, test.Stack?.Length ?? 0).ShouldSatisfyAllConditions(
                l => l.Item1.ShouldBeLessThanOrEqualTo(AttemptTests.SuiteLength), l => l.Item2.ShouldBeLessThanOrEqualTo(AttemptTests.MessageLength), l => l.Item3.ShouldBeLessThanOrEqualTo(AttemptTests.StackLength));
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(test.Name + test.Message + test.Stack)).ShouldNotContain("\uFFFD");
        }
        tests.Cases.Keys.ShouldContain("tab and line");
    }

    [Fact]
    public void Of_very_many_tests_those_that_failed_are_kept_and_the_cut_is_seen()
    {
        var report = new StringBuilder("<testsuite>");
        for (var i = 0; i < AttemptTests.MostTests + 10; i++)
        {
            report.Append($"<testcase classname='c' name='t{i}'/>");
        }
        report.Append("<testcase name='last'><failure/></testcase></testsuite>");
        var watch = Stopwatch.StartNew();
        var tests = Read([], ("many.xml", report.ToString()));
        (tests.Tests, tests.Failed).ShouldBe((AttemptTests.MostTests + 11, 1));
        var attempt = Attempt();
        var tally = new TestTally(attempt);
        tally.Take(0, tests.Cases);
        tally.Save();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        var told = Saved(attempt);
        told.Tests.Count.ShouldBe(AttemptTests.MostTests);
        told.Tests[0].Name.ShouldBe("last");
        told.Left.ShouldBe(tests.Cases.Count - AttemptTests.MostTests);
        told.Left.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Failures_that_say_very_much_are_all_named_and_the_whole_stays_within_its_bytes()
    {
        var report = new StringBuilder("<testsuite>");
        var long_ = new string('"', AttemptTests.StackLength);
        for (var i = 0; i < 4000; i++)
        {
            report.Append($"<testcase name='t{i}'><failure message='no'>").Append(long_).Append("</failure></testcase>");
        }
        var tests = Read([], ("loud.xml", report.Append("</testsuite>").ToString()));
        var attempt = Attempt();
        var tally = new TestTally(attempt);
        tally.Take(0, tests.Cases);
        tally.Save();
        var told = Saved(attempt);
        (told.Tests.Count, told.Left).ShouldBe((4000, 0));
        told.Tests.Count(t => t.Stack is null).ShouldBeInRange(1, 3999);
        using var unpacked = new GZipStream(File.OpenRead(attempt.Tests), CompressionMode.Decompress);
        var bytes = 0L;
        for (var buffer = new byte[1 << 16]; unpacked.Read(buffer) is var read and > 0;)
        {
            bytes += read;
        }
        bytes.ShouldBeLessThan(AttemptTests.MostBytes);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static StepTests Sample(string name)
    {
        var tests = TestReports.Read(Path.GetDirectoryName(InRepository(name))!, [InRepository(name)], new HashSet<string>());
        tests.Problems.ShouldBeEmpty();
        return tests;
    }

    private StepTests Read(string[] quarantined, params (string Name, string Content)[] files) =>
        TestReports.Read(_root, [.. files.Select(file => Put(file.Name, file.Content))], quarantined.ToHashSet());

    private string Put(string name, string content)
    {
        var path = Path.Combine(_root, name);
        File.WriteAllText(path, content);
        return path;
    }

    private AttemptFolder Attempt() => new(Directory.CreateDirectory(Path.Combine(_root, "attempt")).FullName);

    private static AttemptTests Saved(AttemptFolder attempt)
    {
        using var file = new GZipStream(File.OpenRead(attempt.Tests), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(file, AgentProtocolJson.Default.AttemptTests)!;
    }

    private static string InRepository(string name, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Reports", name);
}
