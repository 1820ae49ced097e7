using System.Text.Json;
using Slipway.Core.Analysis.Metrics;

namespace Slipway.Core.Tests.Analysis.Metrics;

public sealed class MetricValueTests
{
    private static readonly DateTimeOffset Asked = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("body", "3", 3)]
    [InlineData("body.count / body.all", """{"count":1,"all":4}""", 0.25)]
    [InlineData("int(body.count)", """{"count":7}""", 7)]
    [InlineData("uint(7)", "0", 7)]
    [InlineData("body.ok", """{"ok":true}""", 1)]
    [InlineData("body.ok", """{"ok":false}""", 0)]
    [InlineData("body", """{"value":-2.5,"unit":"ms"}""", -2.5)]
    [InlineData("body", """{"value":1,"at":"2026-03-01T13:59:10+02:00"}""", 1)]
    [InlineData("body", """{"value":1,"at":1772366399.5}""", 1)]
    [InlineData("{'value': body.n, 'at': timestamp(body.t)}", """{"n":5,"t":"2026-03-01T12:00:00Z"}""", 5)]
    public void A_number_is_taken(string expression, string body, double expected) => One(expression, body).ShouldBe(new MetricReading.One(expected));

    [Theory]
    [InlineData("body", "null", "The expression gives null: there is no value.")]
    [InlineData("body", """{"value":null}""", "The expression gives null: there is no value.")]
    [InlineData("body", "1e999", "The value is +Inf")]
    [InlineData("body.a / body.b", """{"a":0,"b":0}""", "The value is NaN")]
    [InlineData("body", """{"value":1,"at":"2026-03-01T11:58:59Z"}""", "The newest value is of 2026-03-01 11:58:59 UTC, more than two steps of 30s before 2026-03-01 12:00:00 UTC.")]
    public void What_is_no_number_of_that_time_is_no_data(string expression, string body, string words) => One(expression, body).ShouldBeOfType<MetricReading.None>().Why.ShouldStartWith(words);

    [Theory]
    [InlineData("body", "\"12\"", "The expression gives the text \"12\"; it must give a number")]
    [InlineData("body", "[1]", "The expression gives a list; it must give a number")]
    [InlineData("body", "{}", "The expression gives a map without the key \"value\".")]
    [InlineData("body.count", "{}", "The expression cannot be evaluated on the answer, at 1:")]
    [InlineData("body", """{"value":{"value":1}}""", "The expression gives a map; it must give a number")]
    [InlineData("body", """{"value":1,"at":"yesterday"}""", "\"at\" is the text \"yesterday\"; it must be")]
    [InlineData("body", """{"value":1,"at":"2026-03-01T12:00:00"}""", "\"at\" is the text")]
    [InlineData("body", """{"value":1,"at":1772366399500}""", "\"at\" is the number")]
    [InlineData("body", """{"value":1,"at":"2026-03-01T12:02:00Z"}""", "The value is of 2026-03-01 12:02:00 UTC, which is after 2026-03-01 12:00:00 UTC.")]
    public void What_is_none_of_these_is_wrong(string expression, string body, string words) => One(expression, body).ShouldBeOfType<MetricReading.Wrong>().Why.ShouldStartWith(words);

    [Fact]
    public void A_window_is_a_list_with_times() =>
        Many("body.map(p, {'at': p[0], 'value': p[1]})", "[[1772366340,1],[1772366370,2],[1772366400,4]]").ShouldBeOfType<MetricReading.Many>().Points.ShouldBe(
            [new(Asked.AddSeconds(-60), 1), new(Asked.AddSeconds(-30), 2), new(Asked, 4)]);

    [Theory]
    [InlineData("[]", "There is no value in the window.")]
    [InlineData("null", "The expression gives null")]
    [InlineData("""[{"at":1772366340,"value":1},{"at":1772366370,"value":null}]""", "The expression gives null")]
    [InlineData("""[{"at":1772366340,"value":1},{"at":1772366370,"value":1e999}]""", "1 of 2 values cannot be used; the first is of 2026-03-01 11:59:30 UTC, and is +Inf")]
    [InlineData("""[{"at":1772366310,"value":1}]""", "The newest value is of 2026-03-01 11:58:30 UTC")]
    public void A_window_without_numbers_is_no_data(string body, string words) => Many("body", body).ShouldBeOfType<MetricReading.None>().Why.ShouldStartWith(words);

    [Theory]
    [InlineData("3", "The expression gives the number 3.0; for a window it must give a list")]
    [InlineData("[3]", "Item 0 of the list has no time.")]
    [InlineData("""[{"at":1772366400,"value":1},{"at":1772366400,"value":1}]""", "The values are not in the order of time")]
    [InlineData("""[{"at":1772366401,"value":1}]""", "A value is of 2026-03-01 12:00:01 UTC, which is outside of the window")]
    [InlineData("""[{"at":1772366400,"value":1},{"at":1772366400,"value":"2"}]""", "Item 1 of the list: The expression gives the text")]
    public void A_window_of_something_else_is_wrong(string body, string words) => Many("body", body).ShouldBeOfType<MetricReading.Wrong>().Why.ShouldStartWith(words);

    [Fact]
    public void An_expression_that_cannot_be_read_is_told() => MetricValue.Read("bdy.count").Problems.ShouldHaveSingleItem().Message.ShouldContain("bdy");

    private static MetricReading One(string expression, string body)
    {
        using var document = JsonDocument.Parse(body);
        return MetricValue.One(MetricValue.Read(expression).Expression!, document.RootElement, Asked, Step);
    }

    private static MetricReading Many(string expression, string body)
    {
        using var document = JsonDocument.Parse(body);
        return MetricValue.Many(MetricValue.Read(expression).Expression!, document.RootElement, Asked.AddMinutes(-2), Asked, Step);
    }
}
