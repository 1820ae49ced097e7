using System.Net;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>Endpoints that rollouts ask. What each is like stands in its address; whom they said go to is remembered, and that no question came twice.</summary>
internal sealed class SimHooks
{
    public const string Host = "hooks.test", Origin = "http://" + Host;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly HashSet<(string Rollout, string Point, string? Step)> went = [];
    private readonly Dictionary<(string Rollout, string Point, string? Step), int> times = [];

    public static HookSpecs Draw(Random random) => random.Next(5) switch
    {
        0 => new() { Before = [Hook(random)] },
        1 => new() { BeforeStep = [Hook(random)], AfterStep = [Hook(random, mayStop: false)] },
        2 => new() { ConfirmPromotion = [Hook(random)] },
        3 => new() { After = [Hook(random)], OnRollback = [Hook(random)] },
        _ => new() { Before = [Hook(random, mayStop: false)], BeforeStep = [Hook(random, mayStop: false)], ConfirmPromotion = [Hook(random)], OnRollback = [Hook(random)] },
    };

    public bool SaidGo(string rollout, HookPoint point, string? step) => went.Contains((rollout, JsonWords.Of(point), step));

    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var question = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancel).ConfigureAwait(false))!;
        var id = question["id"]!.GetValue<string>();
        if (!asked.Add(id))
        {
            throw new InvariantBrokenException("AtMostOnce", $"the question {id} was asked twice");
        }

        var about = (question["rollout"]!.GetValue<string>(), question["point"]!.GetValue<string>(), question["step"]?.GetValue<string>());
        var time = times[about] = times.GetValueOrDefault(about) + 1;
        var says = request.RequestUri!.AbsolutePath switch
        {
            "/go" => "go",
            "/soon" => time < 3 ? "wait" : "go",
            "/stop" => "stop",
            "/flaky" => time % 2 == 1 ? null : "go",
            _ => null,
        };
        if (says == "go")
        {
            went.Add(about);
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(says is null ? "<html><body>go</body></html>" : $$"""{"decision":"{{says}}"}""") };
    }

    private static HookSpec Hook(Random random, bool mayStop = true) => new()
    {
        Name = "one",
        Url = $"{Origin}/{random.Next(mayStop ? 6 : 4) switch { 0 or 1 => "go", 2 => "soon", 3 => "flaky", 4 => "stop", _ => "html" }}",
        Timeout = TimeSpan.FromSeconds(30),
        Interval = TimeSpan.FromSeconds(2),
    };
}
