using Slipway.Client.Agents;
using Slipway.Engine;

namespace Slipway.Server.Agents;

// What an instance wrote. Its id is its agent's alone: another agent may have one of the same name, of another version.
internal sealed partial class AgentHub
{
    /// <summary>The end of an instance's output, asked of the agent that keeps it.</summary>
    /// <param name="agent">Whose instance; null: the only agent that has one of this id, running or ended.</param>
    public async Task<Outcome<string>> LogsAsync(string? agent, string instance, int tailBytes, CancellationToken cancel)
    {
        if (agent is not null)
        {
            return await AskAsync(agent, instance, tailBytes, cancel);
        }

        var reporting = observations.All.Where(o => o.VersionSets.Any(s => s.Instances.Any(i => i.Id == instance))).Select(o => o.Agent).ToList();
        if (reporting.Count > 1)
        {
            return Ambiguous(instance, reporting);
        }

        // One that ended is reported no more, and whoever had it keeps its output for a time. So all are asked, together; that it is there is enough of the others.
        var asked = connections.Keys.Union(reporting, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var answers = await Task.WhenAll(asked.Select(name => AskAsync(name, instance, reporting.Count == 0 || reporting.Contains(name) ? tailBytes : 1, cancel)));
        var having = asked.Zip(answers).Where(a => a.Second is Outcome<string>.Done || reporting.Contains(a.First)).ToList();
        var silent = asked.Zip(answers).Where(a => a.Second is Outcome<string>.Refused { Refusal.Kind: RefusalKind.NoAnswer } && !reporting.Contains(a.First)).Select(a => a.First).ToList();
        return having switch
        {
            { Count: > 1 } => Ambiguous(instance, [.. having.Select(h => h.First)]),

            // No answer is not "does not have it".
            _ when silent.Count > 0 => new Refusal(
                RefusalKind.NoAnswer, "noAnswer", $"Whether {string.Join(", ", silent)} keeps the output of an instance '{instance}'{(having.Count > 0 ? " too" : "")} is not known: no answer came.",
                having is [var known] ? $"Say which you mean: {known.First}/{instance}." : "Try again in a moment."),
            [var only] => only.Second,
            _ => Refusal.NotFound($"There is no instance '{instance}', and no connected agent has its output.", "`slipway instance list` shows what there is; output is kept for a time after an instance's end."),
        };
    }

    private static Refusal Ambiguous(string instance, List<string> agents) =>
        Refusal.Conflict("ambiguous", $"Several agents have an instance '{instance}': {string.Join(", ", agents)}.", $"Say which: {agents[0]}/{instance}.");

    private async Task<Outcome<string>> AskAsync(string agent, string instance, int tailBytes, CancellationToken cancel)
    {
        if (!connections.TryGetValue(agent, out var connection))
        {
            return registry.Find(agent) is null && observations.Find(agent) is null
                ? Refusal.NotFound($"There is no agent '{agent}'.", "`slipway instance list` shows which agent has which instance.")
                : new Refusal(RefusalKind.NoAnswer, "agentAway", $"The agent {agent}, which keeps the instance, is not connected.", "Try again when it is back; `slipway agent list` shows it.");
        }

        var answer = await connection.AskAsync(
            id => new ServerQuestion { Question = id, About = "logs", Instance = instance, TailBytes = tailBytes }, AnswerTimeout, cancel);
        return answer switch
        {
            null => new Refusal(RefusalKind.NoAnswer, "noAnswer", $"The agent {agent} did not answer within {AnswerTimeout.TotalSeconds} s.", "Try again in a moment."),
            { Error: { } error } => Refusal.NotFound($"The agent {agent} says: {error}.", "`slipway instance list` shows what there is."),
            _ => answer.Text ?? "",
        };
    }
}
