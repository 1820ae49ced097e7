using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Ledger;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>The name of exactly what runs: SHA-256 over the canonical JSON of the release's version and artifacts, definition, configuration and secrets' references (never their values).</summary>
public static class RevisionHash
{
    /// <summary>64 lower-case hex digits. The order of digests and references does not matter.</summary>
    /// <param name="version">The release's.</param>
    /// <param name="artifactDigests"><c>sha256:…</c> each.</param>
    /// <param name="secretReferences">Names with their versions, as they are pinned.</param>
    public static string Of(string version, IReadOnlyList<string> artifactDigests, EffectiveDefinition definition, int configurationVersion, IReadOnlyList<string> secretReferences)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var body = new JsonObject
        {
            // Raised when the fields below change meaning, so that old and new hashes are never taken for the same.
            ["format"] = 1,
            // Its instances are told it, and every answer carries it: the same content under another version is another revision.
            ["version"] = version,
            ["artifacts"] = Texts(artifactDigests.Order(StringComparer.Ordinal)),
            ["run"] = Run(definition.Run),
            ["rollout"] = Rollout(definition.Rollout),
            ["verify"] = new JsonArray([.. definition.Verify.Select(Verification)]),
            ["configuration"] = configurationVersion,
            ["secrets"] = Texts(secretReferences.Order(StringComparer.Ordinal)),
        };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.Write(body))));
    }

    private static JsonObject Run(RunSpec run)
    {
        var body = RunBody(run);
        Add(body, "traffic", run.IsWorker ? "none" : null);
        Add(body, "process", run.Process);
        Add(body, "workers", run.Workers is { } workers ? new JsonArray([.. workers.Select(Run)]) : null);
        return body;
    }

    private static JsonObject RunBody(RunSpec run) => new()
    {
        ["command"] = Texts(run.Command),
        ["env"] = new JsonObject(run.Env.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))),
        ["instances"] = run.Instances,
        ["health"] = new JsonObject
        {
            ["path"] = run.Health.Path,
            ["interval"] = Milliseconds(run.Health.Interval),
            ["timeout"] = Milliseconds(run.Health.Timeout),
            ["healthyAfter"] = run.Health.HealthyAfter,
            ["unhealthyAfter"] = run.Health.UnhealthyAfter,
            ["deadline"] = Milliseconds(run.Health.Deadline),
        },
        ["requestTimeout"] = Milliseconds(run.RequestTimeout),
        ["drain"] = Milliseconds(run.Drain),
    };

    // What came later is there only where it says something, so that older definitions keep their hashes.
    private static JsonObject Rollout(RolloutSpec rollout)
    {
        var body = new JsonObject
        {
            ["strategy"] = rollout.Strategy.ToString(),
            ["steps"] = Steps(rollout.Steps),
            ["checks"] = new JsonArray([.. rollout.Checks.Select(Check)]),
            ["falseAlarmRate"] = rollout.FalseAlarmRate,
            ["tolerate"] = rollout.Tolerate,
            ["tolerateAbsolute"] = rollout.TolerateAbsolute,
            ["onFailure"] = rollout.OnFailure.ToString(),
            ["onInconclusive"] = rollout.OnInconclusive.ToString(),
            ["watch"] = Milliseconds(rollout.Watch),
            ["keepWarm"] = Milliseconds(rollout.KeepWarm),
        };
        AddStrategy(body, rollout.Rolling, rollout.Switch, rollout.Baseline);
        Add(body, "rings", rollout.Rings.Count > 0 ? new JsonArray([.. rollout.Rings.Select(Ring)]) : null);
        Add(body, "tolerateLatency", rollout.TolerateLatency == RolloutSpec.DefaultTolerateLatency ? null : Milliseconds(rollout.TolerateLatency));
        Add(body, "warmUp", rollout.WarmUp == RolloutSpec.DefaultWarmUp ? null : Milliseconds(rollout.WarmUp));
        Add(body, "sticky", Milliseconds(rollout.Sticky?.MaxAge));
        Add(body, "abortScaleDownDelay", Given(rollout.AbortScaleDownDelay));
        Add(body, "rollbackWindow", Milliseconds(rollout.RollbackWindow));
        Add(body, "hooks", Hooks(rollout.Hooks));
        return body;
    }

    private static JsonNode Ring(RingSpec ring)
    {
        var body = new JsonObject
        {
            ["name"] = ring.Name,
            ["target"] = new JsonObject(ring.Agents.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["instances"] = ring.Instances,
            ["strategy"] = ring.Strategy.ToString(),
            ["steps"] = Steps(ring.Steps),
            ["soak"] = Milliseconds(ring.Soak),
        };
        AddStrategy(body, ring.Rolling, ring.Switch, ring.Baseline);
        return body;
    }

    private static void AddStrategy(JsonObject body, RollingSpec rolling, SwitchSpec around, bool baseline)
    {
        Add(body, "batch", rolling.Batch?.ToString());
        Add(body, "surge", rolling.Surge?.ToString());
        Add(body, "maxUnavailable", rolling.MaxUnavailable?.ToString());
        Add(body, "minHealthyTime", Given(rolling.MinHealthyTime));
        Add(body, "progressDeadline", Milliseconds(rolling.ProgressDeadline));
        Add(body, "before", around.Before.Count > 0 ? Steps(around.Before) : null);
        Add(body, "after", around.After.Count > 0 ? Steps(around.After) : null);
        Add(body, "baseline", baseline ? true : null);
    }

    private static JsonObject? Hooks(HookSpecs hooks)
    {
        var body = new JsonObject();
        foreach (var point in Enum.GetValues<HookPoint>().Where(p => hooks.At(p).Count > 0))
        {
            body[point.ToString()] = new JsonArray([.. hooks.At(point).Select(Hook)]);
        }

        return body.Count == 0 ? null : body;
    }

    private static JsonNode Hook(HookSpec hook)
    {
        var body = new JsonObject
        {
            ["name"] = hook.Name, ["run"] = hook.Run, ["url"] = hook.Url, ["timeout"] = Milliseconds(hook.Timeout), ["interval"] = Milliseconds(hook.Interval), ["onError"] = hook.OnError.ToString(),
        };
        Add(body, "if", hook.If?.Text);
        return body;
    }

    private static JsonArray Steps(IEnumerable<RolloutStep> steps) => new([.. steps.Select(Step)]);

    private static JsonNode Step(RolloutStep step)
    {
        var body = new JsonObject
        {
            ["weight"] = step.Weight,
            ["analyze"] = Milliseconds(step.Analyze),
            ["deadline"] = Milliseconds(step.Deadline),
            ["pause"] = Milliseconds(step.Pause),
        };
        Add(body, "instances", step.Instances is { } scale ? scale.Amount?.ToString() ?? "matchWeight" : null);
        Add(body, "route", step.Route is { } marks ? new JsonArray([.. marks.Select(m => (JsonNode)new JsonObject { ["part"] = m.Part.ToString(), ["name"] = m.Name, ["is"] = m.Is, ["prefix"] = m.Prefix })]) : null);
        Add(body, "mirror", step.Mirror);
        Add(body, "verify", step.Verify is { } names ? Texts(names) : null);
        Add(body, "approve", step.Approve);
        return body;
    }

    private static void Add(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }

    private static JsonNode? Given(TimeSpan span) => span == TimeSpan.Zero ? null : Milliseconds(span);

    private static JsonNode Check(CheckSpec check)
    {
        var body = new JsonObject
        {
            ["kind"] = check.Kind.ToString(),
            ["acceptable"] = check.Acceptable,
            ["detectable"] = check.Detectable,
        };
        Add(body, "name", check.Name);
        Add(body, "minRequests", check.MinRequests > 0 ? check.MinRequests : null);
        Add(body, "dryRun", check.DryRun ? true : null);

        // What is asked of sources is hashed as it is kept.
        Add(body, "counts", check.Counts is null ? null : JsonSerializer.SerializeToNode(check.Counts, PromotionJson.Default.CountsSpec));
        Add(body, "threshold", check.Threshold is null ? null : JsonSerializer.SerializeToNode(check.Threshold, PromotionJson.Default.ThresholdSpec));
        Add(body, "mannWhitney", check.Ranks is null ? null : JsonSerializer.SerializeToNode(check.Ranks, PromotionJson.Default.RankSpec));
        return body;
    }

    private static JsonNode Verification(VerificationSpec proof)
    {
        var defaults = new VerificationSpec { Name = proof.Name };
        var body = new JsonObject
        {
            ["name"] = proof.Name,
            ["http"] = proof.Http is { } http ? Http(http) : null,
            ["run"] = proof.Run,
            ["timeout"] = Milliseconds(proof.Timeout),
        };
        Add(body, "retries", proof.Retries > 0 ? proof.Retries : null);
        Add(body, "interval", proof.Interval == defaults.Interval ? null : Milliseconds(proof.Interval));
        return body;
    }

    private static JsonObject Http(HttpVerification http)
    {
        var body = new JsonObject { ["path"] = http.Path, ["status"] = http.Status, ["contains"] = http.Contains };
        Add(body, "headers", http.Headers.Count == 0 ? null : new JsonArray([.. http.Headers.Select(h => (JsonNode)new JsonObject { ["name"] = h.Name, ["is"] = h.Is, ["prefix"] = h.Prefix })]));
        Add(body, "json", http.Json?.Text);
        Add(body, "latency", Milliseconds(http.Latency));
        return body;
    }

    // A string: whole milliseconds of the longest pause do not fit JSON's numbers exactly.
    private static JsonNode? Milliseconds(TimeSpan? span) => span is not { } known ? null : $"{known.Ticks / TimeSpan.TicksPerMillisecond}ms";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode?)t)]);
}
