namespace Slipway.Core.Definitions;

/// <summary>What must hold between the keys of a rollout, its steps and its strategy.</summary>
internal static class RolloutChecks
{
    /// <param name="isWorker">A worker's canary exchanges instances as rolling does, and may say how.</param>
    /// <param name="written">What this part of the file says itself: an environment may inherit keys that its own strategy does not use.</param>
    /// <param name="verifications">Names of the verifications that there are.</param>
    public static void Check(MapNode rollout, bool isWorker, MapNode? written, IReadOnlyList<string> verifications, Findings findings)
    {
        var strategy = StrategyOf(rollout);
        CheckOwner(rollout, written, strategy, isWorker, RolloutKeys.Rollout, findings);
        HookKeys.Check(rollout.Map("hooks"), findings);
        CheckStrategy(rollout, strategy, isWorker, MeasuresWithoutTraffic(rollout), verifications, findings);
        if (strategy == "blueGreen" && written?.Find("keepWarm") is { } warm)
        {
            findings.Add(warm.Key, "With blueGreen the old set's time is keepOld.", "Write keepOld instead of keepWarm.");
        }

        if (strategy == "ring")
        {
            CheckRings(rollout, isWorker, verifications, findings);
        }
        else if (written?["onFailure"] is { } hold && Values.Text(hold) == "hold")
        {
            findings.Add(hold, $"onFailure: hold is for the strategy ring; this one is {strategy}.", "Use rollback or pause.");
        }
    }

    internal static string StrategyOf(MapNode part) => Values.Text(part["strategy"]) ?? "rolling";

    /// <summary>Keys that say something of another strategy than the one that is asked for.</summary>
    private static void CheckOwner(MapNode part, MapNode? written, string strategy, bool isWorker, MapShape shape, Findings findings)
    {
        var isKnown = !part.HasMisspelt("strategy", shape.Allowed) && strategy is "rolling" or "canary" or "blueGreen" or "ring";
        foreach (var (key, value) in isKnown ? written?.Entries ?? [] : [])
        {
            // An empty list says nothing.
            if (RolloutKeys.StrategyOf.TryGetValue(key.Text, out var only) && only != strategy && value is not ListNode { Items.Count: 0 } && !(isWorker && only == "rolling" && strategy == "canary"))
            {
                var verb = key.Text is "steps" or "rings" ? "are" : "is";
                findings.Add(key, $"{key.Text} {verb} for the strategy {only}; this one is {strategy}.", strategy == "ring" ? $"Put it into each ring that has the strategy {only}, or remove {key.Text}." : $"Add 'strategy: {only}', or remove {key.Text}.");
            }
        }
    }

    private static void CheckStrategy(MapNode part, string strategy, bool isWorker, bool isMeasured, IReadOnlyList<string> verifications, Findings findings)
    {
        foreach (var (list, verbs) in new[] { ("steps", RolloutKeys.Any), ("before", RolloutKeys.Before), ("after", RolloutKeys.After) })
        {
            foreach (var step in part.List(list).OfType<MapNode>())
            {
                CheckOne(step, verbs, verifications, findings);
            }
        }

        switch (strategy)
        {
            case "canary":
                CheckCanary(part, findings);
                if (isWorker)
                {
                    CheckRolling(part, findings);
                }

                break;
            case "rolling": CheckRolling(part, findings); break;
            case "blueGreen": CheckSwitch(part, isMeasured, findings); break;
        }
    }

    private static void CheckRings(MapNode rollout, bool isWorker, IReadOnlyList<string> verifications, Findings findings)
    {
        var rings = rollout.List("rings").OfType<MapNode>().ToList();
        if (rollout["rings"] is null or ListNode { Items.Count: 0 } && !rollout.HasMisspelt("rings", RolloutKeys.Rollout.Allowed))
        {
            findings.Add(rollout["rings"] ?? rollout["strategy"]!, "A rollout by rings needs at least one ring.", "Write it like rings: [ { name: first, target: { ring: first }, soak: 10m }, { name: rest, target: { ring: rest } } ].");
        }

        for (var i = 0; i < rings.Count; i++)
        {
            var ring = rings[i];
            CheckOwner(ring, ring, StrategyOf(ring), isWorker, RolloutKeys.Ring, findings);
            CheckStrategy(ring, StrategyOf(ring), isWorker, MeasuresWithoutTraffic(rollout), verifications, findings);
            foreach (var before in rings.Take(i))
            {
                if (ring["name"] is { } name && Values.Text(name) is { } text && text == Values.Text(before["name"]))
                {
                    findings.Add(name, $"There is a ring named {name.Kind} already.", "Give it another name.");
                }

                if (LabelsOf(before) is { Count: > 0 } fewer && LabelsOf(ring) is { } labels && fewer.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value))
                {
                    findings.Add(ring["target"]!, $"Each agent with these labels is in the ring '{Values.Text(before["name"])}' before it: none is left for this one.", "Let it come first, or ask for other labels.");
                }
            }
        }
    }

    private static Dictionary<string, string>? LabelsOf(MapNode ring) =>
        ring.Map("target") is { } target && target.Entries.All(e => Values.Text(e.Value) is not null) ? target.Entries.ToDictionary(e => e.Key.Text, e => Values.Text(e.Value)!, StringComparer.Ordinal) : null;

    private static bool MeasuresWithoutTraffic(MapNode rollout) => rollout.List("checks").OfType<MapNode>().Any(c => c["threshold"] is not null);

    private static void CheckCanary(MapNode rollout, Findings findings)
    {
        var steps = rollout.List("steps").OfType<MapNode>().ToList();
        var weight = 0;
        foreach (var step in steps)
        {
            // One that is no percentage has been told of; it says nothing about the order.
            if (step["weight"] is { } node && Values.Whole(node) is { } next and >= 1 and <= 99)
            {
                if (next <= weight)
                {
                    findings.Add(node, $"The weight {next} does not rise: {weight} came before.", "Weights rise from step to step; 100 is the implied end.");
                }

                weight = Math.Max(weight, next);
            }
            else if (step.Find("analyze") is { } early && weight == 0 && !steps.TakeWhile(s => s != step).Any(HasWeight))
            {
                findings.Add(early.Key, "analyze comes before the first weight: there is no traffic to judge.", "Put a weight step before it.");
            }
        }

        if (rollout["steps"] is null or ListNode && !steps.Exists(HasWeight) && !rollout.HasMisspelt("steps", RolloutKeys.Rollout.Allowed))
        {
            findings.Add(rollout["steps"] ?? rollout["strategy"]!, "A canary needs at least one weight step.", "Write it like steps: [ { weight: 5 }, { analyze: 2m } ].");
        }
    }

    private static void CheckRolling(MapNode rollout, Findings findings)
    {
        var (batch, surge, missing) = (rollout["batch"], rollout["surge"], rollout["maxUnavailable"]);
        if (IsNone(surge) && (missing is null || IsNone(missing)))
        {
            findings.Add(surge!, "With neither surge nor maxUnavailable no instance could be exchanged.", "Let one of them be at least 1.");
        }
        else if (Values.Whole(batch) is > 0 and var wanted && (surge ?? missing) is not null)
        {
            var (more, fewer) = (surge is null ? 0 : Values.Whole(surge), missing is null ? 0 : Values.Whole(missing));
            // One that is out of its bounds has been told of.
            if (more is >= 0 && fewer is >= 0 && more + fewer is { } most && most < wanted)
            {
                findings.Add(batch!, $"A batch of {wanted} can never be: surge and maxUnavailable allow {most} together.", "Lower the batch, or raise one of them.");
            }
        }

        if (Values.Span(rollout["minHealthyTime"]) is { } least && Values.Span(rollout["progressDeadline"]) is { } most2 && least >= most2)
        {
            findings.Add(rollout["progressDeadline"]!, "progressDeadline must be longer than minHealthyTime: no instance could be in time.");
        }
    }

    private static void CheckSwitch(MapNode rollout, bool isMeasured, Findings findings)
    {
        foreach (var list in new[] { "before", "after" })
        {
            foreach (var step in rollout.List(list).OfType<MapNode>())
            {
                foreach (var key in step.Entries.Select(e => e.Key).Where(k => k.Text is "weight" or "instances" || (list == "after" && k.Text is "route" or "mirror")))
                {
                    findings.Add(key, $"{key.Text} has no meaning in {list}: blueGreen brings the whole new set up and gives it all traffic at once.", key.Text is "weight" or "instances" ? "Use the strategy canary for parts." : "Put it into before.");
                }

                if (list == "before" && step.Find("analyze") is { } early && !isMeasured)
                {
                    findings.Add(early.Key, "analyze comes before the switch: there is no traffic to judge.", "Put it into after, verify before the switch, or add a check with a threshold.");
                }
            }
        }
    }

    private static bool IsNone(Node? quantity) => quantity is not null && (Values.Whole(quantity) == 0 || (quantity is Scalar { Text: { } text } && text.EndsWith('%') && Values.Share(quantity) == 0));

    private static bool HasWeight(MapNode step) => step["weight"] is not null || step.HasMisspelt("weight", RolloutKeys.Step.Allowed);

    private static void CheckOne(MapNode step, IReadOnlyList<string> verbs, IReadOnlyList<string> verifications, Findings findings)
    {
        var given = RolloutKeys.Any.Where(v => step[v] is not null || step.HasMisspelt(v, RolloutKeys.Step.Allowed)).ToArray();

        // A key that is none has been told of, and is most likely what the step was to be.
        if (given.Length > 1 || (given.Length == 0 && step.Entries.All(e => RolloutKeys.Step.Allowed.Contains(e.Key.Text))))
        {
            findings.Add(
                step, given.Length == 0 ? $"A step must have one of {string.Join(", ", verbs)}." : $"A step is one thing; this has {string.Join(" and ", given)}.",
                given.Length == 0 ? $"Write it like {(verbs == RolloutKeys.Any ? "{ weight: 5 }" : "{ pause: 5m }")}." : "Make each a step of its own.");
        }

        if (step.Find("deadline") is { } deadline)
        {
            if (!given.Contains("analyze"))
            {
                findings.Add(deadline.Key, "deadline stands beside analyze only.");
            }
            else if (Values.Span(deadline.Value) < Values.Span(step["analyze"]))
            {
                findings.Add(deadline.Value, "deadline must not be shorter than analyze.");
            }
        }

        foreach (var name in ItemsOf(step["verify"]).OfType<Scalar>().Where(n => !n.IsEmpty && !verifications.Contains(n.Text)))
        {
            findings.Add(name, $"There is no verification {name.Kind}.", verifications.Count == 0 ? "Declare it under verify." : NearWords.Suggest(name.Text, verifications));
        }

        foreach (var mark in ItemsOf(step["route"]).OfType<MapNode>())
        {
            CheckMark(mark, findings);
        }
    }

    private static void CheckMark(MapNode mark, Findings findings)
    {
        string[] parts = [.. mark.Entries.Select(e => e.Key.Text).Where(k => k is "header" or "cookie" or "query")];
        if (parts.Length != 1)
        {
            findings.Add(mark, parts.Length == 0 ? "A mark must have one of header, cookie, query." : $"A mark must have one of header, cookie, query; this has {string.Join(" and ", parts)}.", "Make each a mark of its own.");
        }

        if (mark.Find("is") is not null && mark.Find("prefix") is { } prefix)
        {
            findings.Add(prefix.Key, "is and prefix exclude each other.", "Remove one.");
        }
    }

    private static IReadOnlyList<Node> ItemsOf(Node? node) => node is null ? [] : node is ListNode list ? list.Items : [node];
}
