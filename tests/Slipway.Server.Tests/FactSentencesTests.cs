using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Kernel;
using Slipway.Engine.Ledger;

namespace Slipway.Server.Tests;

public sealed partial class FactSentencesTests
{
    private static readonly FactSubject Subject = new() { Service = "shop", Environment = "prod", Version = "2.0", Promotion = "shop-prod-3" };

    [Theory]
    [InlineData("rollout.weightChanged", """{"from":5,"to":25}""", "shop@2.0 has 25 % of the traffic in prod, after 5 %.")]
    [InlineData("rollout.weightChanged", """{"from":50,"to":0,"kind":"worker"}""", "shop@2.0 has 0 % of the instances in prod, after 50 %.")]
    [InlineData("rollout.rollingBack", """{"why":"queue: 90","to":"1.0"}""", "Traffic in prod goes back from shop@2.0 to 1.0: queue: 90.")]
    [InlineData("rollout.rollingBack", """{"why":"too slow","to":"1.0","ring":"outer"}""", "Traffic in prod, ring outer, goes back from shop@2.0 to 1.0: too slow.")]
    [InlineData("rollout.rollingBack", """{"why":"queue: 90","to":"1.0","kind":"worker"}""", "The instances in prod go back from shop@2.0 to 1.0: queue: 90.")]
    [InlineData("rollout.trafficMarked", """{"route":["header X-Beta = yes","cookie beta"],"mirror":0,"kind":"marks"}""", "shop@2.0 in prod gets the requests marked header X-Beta = yes, cookie beta.")]
    [InlineData("rollout.trafficMarked", """{"route":["cookie beta"],"mirror":30,"kind":"copies"}""", "shop@2.0 in prod gets copies of 30 % of the requests, and those marked cookie beta.")]
    [InlineData("rollout.trafficMarked", """{"route":[],"mirror":30,"kind":"copies"}""", "shop@2.0 in prod gets copies of 30 % of the requests.")]
    [InlineData("rollout.trafficMarked", """{"route":[],"mirror":0,"kind":"none"}""", "shop@2.0 in prod gets neither marked requests nor copies any more.")]
    [InlineData("rollout.started", """{"from":"3.0","strategy":"canary","kind":"promotion","way":null}""", "The rollout of shop@2.0 to prod began: canary, from 3.0.")]
    [InlineData("rollout.started", """{"from":"3.0","strategy":"canary","kind":"rollback","way":"at once: warm"}""", "The rollback of shop in prod to 2.0 began, from 3.0; at once: warm.")]
    [InlineData("rollout.ended", """{"state":"rolledBack","reason":"Errors rose."}""", "The rollout of shop@2.0 to prod was rolled back: Errors rose.")]
    [InlineData("rollout.ended", """{"state":"needsAttention","reason":"no place"}""", "The rollout of shop@2.0 to prod needs attention: no place.")]
    [InlineData("rollout.ended", """{"state":"succeeded"}""", "The rollout of shop@2.0 to prod succeeded.")]
    [InlineData("promotion.ended", """{"state":"cancelled","reason":"cancelled by ann"}""", "The promotion of shop@2.0 to prod was cancelled by ann.")]
    [InlineData("promotion.ended", """{"state":"rejected","reason":"rejected by ben: not today"}""", "The promotion of shop@2.0 to prod was rejected by ben: not today.")]
    [InlineData("rollout.stepFinished", """{"step":"analyze 20s","how":"failed","note":"too slow"}""", "The rollout of shop@2.0 to prod: analyze 20s failed; too slow.")]
    [InlineData("rollout.stepFinished", """{"step":"25 %","how":"done"}""", "The rollout of shop@2.0 to prod: 25 % is done.")]
    [InlineData("rollout.verified", """{"name":"smoke","passed":false,"detail":"status 500"}""", "The verification 'smoke' of shop@2.0 in prod failed: status 500.")]
    [InlineData("promotion.requested", """{"why":null}""", "ann asked to promote shop@2.0 to prod.")]
    [InlineData("hold.placed", """{"id":"h","why":"2.0 failed here"}""", "ann holds shop@2.0 in prod: 2.0 failed here.")]
    [InlineData("lane.stableChanged", """{"from":"1.0"}""", "shop@2.0 is stable in prod now, after 1.0.")]
    [InlineData("lane.stableChanged", """{"from":null}""", "shop@2.0 is stable in prod now.")]
    [InlineData("thing.newlyInvented", """{"reason":"why not"}""", "Thing newly invented (shop@2.0 in prod) by ann: why not.")]
    public void A_fact_reads_as_a_sentence(string type, string body, string sentence) =>
        FactSentences.Of(type, Subject, "ann", JsonNode.Parse(body)!.AsObject()).ShouldBe(sentence);

    [Fact]
    public void Text_of_people_is_no_template()
    {
        FactSentences.Of("release.vetoed", Subject, "ann", new JsonObject { ["why"] = "see {actor} [x] {nothing}" }).ShouldBe("ann vetoed shop@2.0: see {actor} [x] {nothing}.");
    }

    [Fact]
    public void A_retired_body_leaves_a_sentence() => FactSentences.Of("freeze.added", Subject, "ann", null).ShouldBe("ann froze prod from ? until ?.");

    [Fact]
    public void Every_type_of_fact_that_the_code_records_has_a_sentence_of_its_own()
    {
        var sources = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories);
        var types = sources.SelectMany(f => Recorded().Matches(File.ReadAllText(f))).SelectMany(m => Name().Matches(m.Groups["type"].Value)).Select(m => m.Groups[1].Value).Distinct().ToList();
        types.Count.ShouldBeGreaterThan(20);
        types.Where(t => FactSentences.Of(t, Subject, "ann", null).Contains('(', StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>The first argument where a fact is made: its type, or a choice of two. A <c>new</c> without its type's name makes one where a subject comes second.</summary>
    [GeneratedRegex("""\b(?:new Fact|Record|FactOf)\((?<type>[^,;]*),|\bnew\((?<type>[^,;()]*),\s*new FactSubject\b""")]
    private static partial Regex Recorded();

    [GeneratedRegex("\"([a-z]+\\.[a-zA-Z]+)\"")]
    private static partial Regex Name();
}
