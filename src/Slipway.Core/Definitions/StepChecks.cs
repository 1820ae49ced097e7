namespace Slipway.Core.Definitions;

/// <summary>What must hold between the steps of a rollout and its strategy.</summary>
internal static class StepChecks
{
    private static readonly string[] Verbs = ["weight", "analyze", "pause"];

    /// <param name="written">What this part of the file says itself: an environment may inherit steps that its own strategy does not use.</param>
    public static void Check(MapNode rollout, MapNode? written, Findings findings)
    {
        var canary = Values.Text(rollout["strategy"]) == "canary";
        var rolling = Values.Text(rollout["strategy"]) is null or "rolling";
        var mistypes = (string key) => rollout.HasMisspelt(key, Keys.Rollout.Allowed);
        if (rolling && !mistypes("strategy") && written?.Find("steps") is { } unused && unused.Value is ListNode { Items.Count: > 0 })
        {
            findings.Add(unused.Key, "steps are for the strategy canary; this one is rolling.", "Add 'strategy: canary', or remove the steps.");
        }

        var steps = rollout.List("steps").OfType<MapNode>().ToList();
        var weight = 0;
        foreach (var step in steps)
        {
            CheckOne(step, findings);
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

        if (canary && rollout["steps"] is null or ListNode && !steps.Exists(HasWeight) && !mistypes("steps"))
        {
            findings.Add(rollout["steps"] ?? rollout["strategy"]!, "A canary needs at least one weight step.", "Write it like steps: [ { weight: 5 }, { analyze: 2m } ].");
        }
    }

    private static bool HasWeight(MapNode step) => step["weight"] is not null || step.HasMisspelt("weight", Keys.Step.Allowed);

    private static void CheckOne(MapNode step, Findings findings)
    {
        var given = Verbs.Where(v => step[v] is not null || step.HasMisspelt(v, Keys.Step.Allowed)).ToArray();
        if (given.Length != 1)
        {
            findings.Add(step, given.Length == 0 ? "A step must have one of weight, analyze, pause." : $"A step must have one of weight, analyze, pause; this has {string.Join(" and ", given)}.", "Make each a step of its own.");
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
    }
}
