using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Ledger;

/// <summary>Says what a ledger entry means, in one sentence for people.</summary>
public static partial class FactSentences
{
    /// <summary>The sentence of each type of fact (and, behind a space, of one kind of it); its braces are filled from subject, actor and body. A word whose value is missing takes its bracketed surroundings with it.</summary>
    private static readonly Dictionary<string, string> Templates = new(StringComparer.Ordinal)
    {
        ["service.added"] = "{actor} added the service {service}[, owned by {owner}].",
        ["service.removed"] = "{actor} removed the service {service}.",
        ["source.set"] = "{actor} named the repository of {service}: {repository}, branch {branch}[, folder {path}].",
        ["source.removed"] = "{actor} took the repository of {service} away.",
        ["source.commitRefused"] = "Commit {commit:short} of {service} made no run[: {why}].",
        ["run.requested"] = "{actor} asked for {run} of commit {commit:short}[: {why}].",
        ["run.rerun"] = "{actor} asked to run {run} again.",
        ["run.jobEnded"] = "The job {job} of {run} ended as {outcome:words}[: {reason}].",
        ["run.ended"] = "{run} ended as {state:words}[: {reason}].",
        ["test.quarantined"] = "{actor} put the test {test} of {service} into quarantine until {until:time}, owned by {owner}[: {why}].",
        ["test.lifted"] = "{actor} let the test {test} of {service} out of quarantine[: {why}].",
        ["release.created"] = "{actor} created the release {service}@{version}[ from commit {commit:short}].",
        ["release.vetoed"] = "{actor} vetoed {service}@{version}[: {why}].",
        ["artifact.collected"] = "The artifact of {service}@{version} was removed[: {why}].",
        ["retention.applied"] = "{actor} removed what is kept no longer: {artifacts} artifacts, outputs of {outputs} jobs, logs of {logs} runs, {leftovers} leftovers; {bytes} bytes.",
        ["hook.made"] = "{actor} made a webhook for the repository of {service}.",
        ["hook.rotated"] = "{actor} gave the webhook of the repository of {service} a new secret.",
        ["hook.removed"] = "{actor} removed the webhook of the repository of {service}.",
        ["credential.set"] = "{actor} gave the repository of {service} a {kind}, {fingerprint}.",
        ["credential.removed"] = "{actor} took the credential of the repository of {service} away.",
        ["freeze.added"] = "{actor} froze {environment} from {from:time} until {until:time}[: {why}].",
        ["freeze.lifted"] = "{actor} lifted the freeze of {environment}[: {why}].",
        ["hold.placed"] = "{actor} holds {service}[@{version}] in {environment}[: {why}].",
        ["hold.lifted"] = "{actor} lifted the hold on {service}[@{version}] in {environment}.",
        ["token.created"] = "{actor} made the token '{name}' for {identity}.",
        ["token.revoked"] = "{actor} revoked the token '{name}' of {identity}.",
        ["session.started"] = "{actor} signed in with a browser.",
        ["agent.drained"] = "{actor} drains the agent {agent}.",
        ["agent.undrained"] = "{actor} lets the agent {agent} take instances again.",
        ["agent.removed"] = "{actor} removed the agent {agent}.",
        ["backup.created"] = "{actor} made a backup[ at {file}].",
        ["promotion.requested"] = "{actor} asked to promote {service}[@{version}] to {environment}[: {why}].",
        ["promotion.requested rollback"] = "{actor} asked to roll {service} in {environment} back to {version}[: {why}].",
        ["promotion.approved"] = "{actor} approved {service}[@{version}] for {environment}[: {why}].",
        ["promotion.rejected"] = "{actor} rejected {service}[@{version}] for {environment}[: {why}].",
        ["promotion.gateAnswered"] = "The {gate} gate of {service}[@{version}] to {environment} is {state}[: {why}].",
        ["promotion.ended"] = "The promotion of {service}[@{version}] to {environment} {state:ended}[ {endedBy}][: {reason}].",
        ["promotion.ended rollback"] = "The rollback of {service} in {environment} to {version} {state:ended}[ {endedBy}][: {reason}].",
        ["rollout.started"] = "The rollout of {service}@{version} to {environment} began: {strategy:words}[, from {from}].",
        ["rollout.started rollback"] = "The rollback of {service} in {environment} to {version} began[, from {from}][; {way}].",
        ["rollout.weightChanged"] = "{service}@{version} has {to} % of the traffic in {environment}[, ring {ring}], after {from} %.",
        ["rollout.weightChanged worker"] = "{service}@{version} has {to} % of the instances in {environment}, after {from} %.",
        ["rollout.trafficMarked"] = "{service}@{version} in {environment} gets copies of {mirror} % of the requests[, and those marked {route}].",
        ["rollout.trafficMarked marks"] = "{service}@{version} in {environment} gets the requests marked {route}.",
        ["rollout.trafficMarked none"] = "{service}@{version} in {environment} gets neither marked requests nor copies any more.",
        ["rollout.stepFinished"] = "The rollout of {service}@{version} to {environment}: {step} {how:finished}[; {note}].",
        ["rollout.verified"] = "The verification '{name}' of {service}@{version} in {environment} {passed:passed}[: {detail}].",
        ["rollout.paused"] = "The rollout of {service}@{version} to {environment} is paused[: {why}].",
        ["rollout.resumed"] = "The rollout of {service}@{version} to {environment} goes on.",
        ["rollout.hookAnswered"] = "The {point:words} hook '{name}' answered the rollout of {service}@{version} to {environment} with {decision:words}[: {reason}].",
        ["rollout.actionTaken"] = "{actor} asked the rollout of {service}@{version} to {environment} to {action:words}[: {why}].",
        ["rollout.rollingBack"] = "Traffic in {environment}[, ring {ring},] goes back from {service}@{version}[ to {to}][: {why}].",
        ["rollout.rollingBack worker"] = "The instances in {environment} go back from {service}@{version}[ to {to}][: {why}].",
        ["rollout.ended"] = "The rollout of {service}@{version} to {environment} {state:ended}[ {endedBy}][: {reason}].",
        ["analysis.judged"] = "{service}@{version} in {environment}[, ring {ring},] was judged {verdict:words}[: {reason}].",
        ["lane.stableChanged"] = "{service}@{version} is stable in {environment} now[, after {from}].",
        ["lane.needsAttention"] = "{service} in {environment} needs attention[: {reason}].",
        ["platform.changed"] = "The platform's definition changed; its environments are {environments}.",
        ["check.changed"] = "The platform's template of checks {file} was {how}.",
        ["template.changed"] = "The platform's template file {file} was {how}.",
        ["installation.restored"] = "This installation was restored from a backup; it is generation {generation} now.",
        ["process.quarantined"] = "Slipway set {process} aside, since it could not go on[: {reason}].",
    };

    public static string Of(LedgerEntry entry) =>
        Of(entry.Type, entry.Subject, entry.Actor, entry.Body is null ? null : JsonNode.Parse(entry.Body) as JsonObject);

    public static string Of(string type, FactSubject subject, string actor, JsonObject? body)
    {
        if (!Templates.TryGetValue($"{type} {Text(body?["kind"])}", out var template) && !Templates.TryGetValue(type, out template))
        {
            return Fallback(type, subject, actor, body);
        }

        var (endedBy, reason) = Apart(Text(body?["state"]), Text(body?["reason"]));
        string? Value(string name) => name switch
        {
            "endedBy" => endedBy,
            "reason" => reason,
            "actor" => actor == Fact.Slipway ? "Slipway" : actor,
            "service" => subject.Service,
            "environment" => subject.Environment,
            "version" => subject.Version,
            _ => Text(body?[name]),
        };
        var shortened = Optional().Replace(template, part =>
            Slot().Matches(part.Groups[1].Value).All(slot => Value(slot.Groups[1].Value) is { Length: > 0 }) ? part.Groups[1].Value : "");
        var text = Slot().Replace(shortened, slot => Shown(Value(slot.Groups[1].Value), slot.Groups[2].Value));
        return text.EndsWith("..", StringComparison.Ordinal) ? text[..^1] : text;
    }

    /// <summary>A sentence for a type that has none of its own: its words, what it is about, and its reason.</summary>
    private static string Fallback(string type, FactSubject subject, string actor, JsonObject? body)
    {
        var about = subject.Service is null ? subject.Environment : subject.Service + (subject.Version is null ? "" : "@" + subject.Version) + (subject.Environment is null ? "" : " in " + subject.Environment);
        var words = Words(type.Replace('.', ' '));
        var reason = Text(body?["reason"]) ?? Text(body?["why"]);
        return char.ToUpperInvariant(words[0]) + words[1..]
            + (about is null ? "" : $" ({about})")
            + (actor == Fact.Slipway ? "" : $" by {actor}")
            + (string.IsNullOrEmpty(reason) ? "." : ": " + reason.TrimEnd('.') + ".");
    }

    /// <summary>A reason that begins with the state again ("cancelled by ann: too late"): what comes after it. Else the whole reason.</summary>
    private static (string? By, string? Reason) Apart(string? state, string? reason) =>
        state is not null && reason is not null && reason.StartsWith($"{Words(state)} by ", StringComparison.Ordinal) ? (reason[(Words(state).Length + 1)..], null) : (null, reason);

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonArray several => string.Join(", ", several.Select(Text)),
        _ => node.ToJsonString(),
    };

    private static string Shown(string? value, string format) => (value, format) switch
    {
        (null or "", _) => "?",
        (_, "short") => value.Length > 10 ? value[..10] : value,
        (_, "words") => Words(value),
        (_, "ended") => value switch
        {
            "succeeded" or "failed" => value,
            "needsAttention" => "needs attention",
            _ => $"was {Words(value)}",
        },
        (_, "finished") => value switch
        {
            "failed" => value,
            "skipped" or "stopped" => $"was {value}",
            _ => $"is {Words(value)}",
        },
        (_, "passed") => value == "true" ? "passed" : "failed",
        (_, "time") => DateTimeOffset.TryParse(value, out var time) ? time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'") : value,
        _ => value,
    };

    private static string Words(string camelCase) => Hump().Replace(camelCase, m => " " + m.Value.ToLowerInvariant());

    [GeneratedRegex(@"\[([^\]]*)\]")]
    private static partial Regex Optional();

    [GeneratedRegex(@"\{(\w+)(?::(\w+))?\}")]
    private static partial Regex Slot();

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Hump();
}
