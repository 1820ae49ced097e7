using System.Text.Json.Nodes;
using Slipway.Core.Ledger;

namespace Slipway.Core.Tests.Ledger;

public sealed class CanonicalJsonTests
{
    /// <summary>The example of RFC 8785, section 3.2.2 and 3.2.3.</summary>
    [Fact]
    public void The_RFC_s_example_is_written_as_the_RFC_writes_it()
    {
        var given = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;

        CanonicalJson.Write(JsonNode.Parse(given)).ShouldBe(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""");
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1e21", "1e+21")]
    [InlineData("100000000000000000000.0", "100000000000000000000")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("-9007199254740992", "-9007199254740992")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("1e-7", "1e-7")]
    public void Numbers_are_written_as_ECMAScript_does(string given, string written) => CanonicalJson.Write(JsonNode.Parse(given)).ShouldBe(written);

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("-9223372036854775808")]
    [InlineData("123456789012345678901234567890")]
    public void A_whole_number_that_would_be_rounded_is_refused(string given) =>
        Should.Throw<ArgumentException>(() => CanonicalJson.Write(JsonNode.Parse(given))).Message.ShouldContain("2^53");

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_a_whole_one_is_not()
    {
        Should.Throw<ArgumentException>(() => CanonicalJson.Write(JsonValue.Create("a\ud83db")));
        Should.Throw<ArgumentException>(() => CanonicalJson.Write(JsonValue.Create("\ude00")));
        CanonicalJson.Write(JsonValue.Create("\ud83d\ude00")).ShouldBe("\"\ud83d\ude00\"");
    }

    [Fact]
    public void Keys_are_sorted_by_their_UTF_16_code_units() =>
        CanonicalJson.Write(JsonNode.Parse("""{"\ufb33":1,"\ud83d\ude02":2,"\u20ac":3,"1":4,"\r":5}""")).ShouldBe("{\"\\r\":5,\"1\":4,\"€\":3,\"\ud83d\ude02\":2,\"\ufb33\":1}");

    [Fact]
    public void A_time_is_written_as_the_text_that_it_is() =>
        CanonicalJson.Write(JsonValue.Create(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))).ShouldBe("\"2026-01-02T03:04:05+00:00\"");
}
