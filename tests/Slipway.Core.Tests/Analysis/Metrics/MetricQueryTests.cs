using System.Text;
using Slipway.Core.Analysis.Metrics;

namespace Slipway.Core.Tests.Analysis.Metrics;

public sealed class MetricQueryTests
{
    private static readonly DateTimeOffset To = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_query_without_placeholders_stays_as_it_is() => Promql("sum(rate(errors[5m])) / sum(rate(all[5m])) # \"the rate").ShouldBe("sum(rate(errors[5m])) / sum(rate(all[5m])) # \"the rate");

    [Fact]
    public void Values_stand_in_the_quotes_of_a_label_and_step_and_times_where_numbers_do() =>
        Promql("sum(rate(errors{v=\"{{version}}\", s != '{{ service }}-x'}[{{step}}] @ {{to}}))").ShouldBe("sum(rate(errors{v=\"1.2.3\", s != 'shop-x'}[30s] @ 1772366400))");

    [Theory]
    [InlineData("1\"} or vector(1) #", @"1\x22} or vector(1) #")]
    [InlineData("1'} or vector(1) #", @"1\x27} or vector(1) #")]
    [InlineData("1\\", @"1\\")]
    [InlineData("\\\"", @"\\\x22")]
    [InlineData("a\nb\r\t\0", @"a\x0ab\x0d\x09\x00")]
    [InlineData("`{{service}}`", @"\x60{{service}}\x60")]
    [InlineData("ä→😀", "ä→😀")]
    public void A_hostile_value_stays_within_its_quotes(string version, string escaped) => Promql("x{v=\"{{version}}\"}", version).ShouldBe($"x{{v=\"{escaped}\"}}");

    [Theory]
    [InlineData("1.2.3", @"1\\.2\\.3")]
    [InlineData(".*", @"\\.\\*")]
    [InlineData("a|b", @"a\\|b")]
    [InlineData("x\"} or vector(1) #", @"x\\\x22\\} or vector\\(1\\) \\#")]
    [InlineData("\\E", @"\\\\E")]
    [InlineData("a-z]", @"a\\-z\\]")]
    [InlineData("a_b c", "a_b c")]
    public void In_a_regular_expression_a_value_matches_itself_alone(string version, string escaped) => Promql("x{v=~\"{{version}}\"}", version).ShouldBe($"x{{v=~\"{escaped}\"}}");

    [Fact]
    public void Whether_a_regular_expression_stands_there_is_seen_through_blanks_and_comments() =>
        Promql("x{v !~ # not these\n 'a|{{version}}', w = '{{version}}'}", ".").ShouldBe("x{v !~ # not these\n 'a|\\\\.', w = '.'}");

    [Theory]
    [InlineData("", "1:1: There is no query. (Write PromQL, such as sum(rate(http_requests_total{version=\"{{version}}\"}[1m])).)")]
    [InlineData("x{v={{version}}}", "1:5: {{version}} stands outside of quotes. (Write it within the quotes of a label's value, such as version=\"{{version}}\".)")]
    [InlineData("{{service}}_errors", "1:1: {{service}} stands outside of quotes. (Write it within the quotes of a label's value, such as service=\"{{service}}\".)")]
    [InlineData("x{v=\"{{vresion}}\"}", "1:6: There is no placeholder 'vresion'. (Did you mean 'version'? There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    [InlineData("x{v=\"{{release}}\"}", "1:6: There is no placeholder 'release'. (There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    [InlineData("x{v=\"{{version}\"}", "1:6: A placeholder that begins here cannot be read. (Write it like {{version}}.)")]
    [InlineData("x{v=`{{version}}`}", "1:6: A placeholder stands between backticks, where nothing can be escaped. (Write the text between double quotes.)")]
    [InlineData("x\n# {{version}}", "2:3: A placeholder stands in a comment. (Leave it out.)")]
    [InlineData("x{v=\"a\n\"}", "1:5: The text that begins here does not end on its line. (Close it with \".)")]
    [InlineData("x{v=`a", "1:5: The text that begins here does not end. (Close it with `.)")]
    [InlineData("x{v=\"\\{{version}}\"}", "1:6: An escape that begins here is not whole. (Write \\\\ for a backslash.)")]
    [InlineData("x{v=\"\\x2{{version}}\"}", "1:6: An escape that begins here is not whole. (Write \\\\ for a backslash.)")]
    [InlineData("x{v=~\"\\\\{{version}}\"}", "1:9: A placeholder stands behind a backslash of a regular expression, which would take its first character in. (Leave the backslash out: a value always stands for itself.)")]
    [InlineData("label_replace(x, \"a\", \"{{version}}\", \"b\", \".*\")", "1:24: {{version}} stands in a text that is no label's value. (Write it within the quotes of a label's value, such as version=\"{{version}}\".)")]
    [InlineData("x == \"{{version}}\"", "1:7: {{version}} stands in a text that is no label's value. (Write it within the quotes of a label's value, such as version=\"{{version}}\".)")]
    public void What_is_wrong_is_told_with_its_place(string query, string expected) => MetricQuery.Read(MetricSourceKind.Prometheus, query).Problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => MetricQuery.Read(MetricSourceKind.Prometheus, "{{a}}{v=\"{{b}}\"} + {{version}}").Problems.Select(p => p.Column).ShouldBe([1, 10, 20]);

    /// <summary>By the rules of Prometheus for quoted texts, every value comes out as it went in, and where the text ends does not depend on it.</summary>
    [Fact]
    public void Any_value_comes_out_of_its_quotes_as_it_went_in()
    {
        var random = new Random(7);
        const string Letters = "\"'`\\{}()[]#=~!|.*+?^$-_,;: \n\r\t\0\u007fxnuU0127abäß€";
        for (var round = 0; round < 5000; round++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letters[random.Next(Letters.Length)]));
            var quote = round % 2 == 0 ? '"' : '\'';
            var filled = Promql($"x{{v={quote}{{{{version}}}}{quote}, w={quote}end{quote}}}", value);
            var (read, end) = Unquote(filled, filled.IndexOf(quote));
            read.ShouldBe(value, $"round {round}");
            filled[end..].ShouldBe($", w={quote}end{quote}}}");
        }
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("a&b=c#d?e/f", "a%26b%3Dc%23d%3Fe%2Ff")]
    [InlineData("a b+%2F\r\n", "a%20b%2B%252F%0D%0A")]
    [InlineData("ä", "%C3%A4")]
    public void In_an_address_values_are_percent_encoded(string version, string expected)
    {
        Fill(MetricQuery.ReadAddress("http://a/v/{{version}}?w={{version}}&t={{from}}-{{to}}-{{step}}"), version).Text.ShouldBe($"http://a/v/{expected}?w={expected}&t=1772366370-1772366400-30s");
        Fill(MetricQuery.Read(MetricSourceKind.Http, "v={{version}}"), version).Text.ShouldBe($"v={expected}");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public void A_value_that_would_lead_up_in_an_address_is_refused(string version)
    {
        Fill(MetricQuery.ReadAddress("http://a/v/{{version}}/x"), version).Problem!.ShouldContain("would lead to another address");
        Fill(MetricQuery.ReadAddress("http://a/v/x?v={{version}}"), version).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("?a=b", "1:1: Parameters begin with '?'. (Begin with a name, such as version={{version}}: what joins them to the address is put before them.)")]
    [InlineData("a=b c", "1:4: A space or a character beyond ASCII cannot stand in an address. (Write it percent-encoded, such as %20 for a space.)")]
    [InlineData("a=%2", "1:3: A '%' without two hexadecimal digits behind it. (Write %25 for a percent sign.)")]
    [InlineData("a=%{{version}}", "1:3: A '%' without two hexadecimal digits behind it. (Write %25 for a percent sign.)")]
    [InlineData("a={b}", "1:3,1:5")]
    [InlineData("a=b#c", "1:4: A '#' begins a part of an address that is never sent. (Leave it out, or write %23.)")]
    public void What_is_wrong_with_parameters_is_told(string query, string expected)
    {
        var problems = MetricQuery.Read(MetricSourceKind.Http, query).Problems;
        (problems.Count == 1 ? problems[0].ToString() : string.Join(',', problems.Select(p => $"{p.Line}:{p.Column}"))).ShouldBe(expected);
    }

    [Fact]
    public void No_parameters_are_well_too() => Fill(MetricQuery.Read(MetricSourceKind.Http, ""), "1").Text.ShouldBe("");

    [Fact]
    public void A_value_that_is_not_there_or_cannot_be_one_is_told()
    {
        Fill(MetricQuery.Read(MetricSourceKind.Prometheus, "x{v=\"{{stableVersion}}\"}"), "1").Problem.ShouldBe("The query speaks of {{stableVersion}}, and there is no value for it here.");
        Fill(MetricQuery.ReadAddress("http://a/{{ stableVersion }}"), "1").Problem.ShouldBe("The url speaks of {{stableVersion}}, and there is no value for it here.");
        MetricQuery.Read(MetricSourceKind.Http, "v={{version}}&s={{ service }}&w={{version}}&t={{to}}").Query!.Without(new Dictionary<string, string>()).Select(p => p.ToString())
            .ShouldBe(["1:3: There is no value for {{version}}.", "1:17: There is no value for {{service}}."]);
        Fill(MetricQuery.Read(MetricSourceKind.Prometheus, "x{v=\"{{version}}\"}"), new string('1', 501)).Problem.ShouldBe("The value of {{version}} has more than 500 characters.");
        Fill(MetricQuery.Read(MetricSourceKind.Prometheus, "x{v=\"{{version}}\"}"), "\ud83d").Problem.ShouldBe("The value of {{version}} is not valid Unicode.");
    }

    [Fact]
    public void A_query_that_is_too_long_is_refused() => MetricQuery.Read(MetricSourceKind.Prometheus, new string('x', 4001)).Problems.ShouldHaveSingleItem().Message.ShouldBe("A query has at most 4000 characters, not 4001.");

    private static string Promql(string query, string version = "1.2.3") => Fill(MetricQuery.Read(MetricSourceKind.Prometheus, query), version).Text!;

    private static MetricQueryText Fill(MetricQueryReading read, string version)
    {
        read.Problems.ShouldBeEmpty();
        return read.Query!.Fill(new Dictionary<string, string> { ["version"] = version, ["service"] = "shop" }, TimeSpan.FromSeconds(30), To.AddSeconds(-30), To);
    }

    /// <summary>A quoted text of PromQL, read as its documentation says; and the character behind it.</summary>
    private static (string Text, int End) Unquote(string text, int begin)
    {
        var read = new StringBuilder();
        for (var at = begin + 1; ; at++)
        {
            if (text[at] == text[begin])
            {
                return (read.ToString(), at + 1);
            }

            text[at].ShouldNotBe('\n');
            if (text[at] != '\\')
            {
                read.Append(text[at]);
            }
            else if (text[++at] == '\\')
            {
                read.Append('\\');
            }
            else
            {
                text[at].ShouldBe('x');
                read.Append((char)Convert.ToInt32(text.Substring(at + 1, 2), 16));
                at += 2;
            }
        }
    }
}
