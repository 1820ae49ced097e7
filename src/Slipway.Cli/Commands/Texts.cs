using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Server;

namespace Slipway.Cli.Commands;

/// <summary>Sentences that several commands print.</summary>
internal static class Texts
{
    /// <summary>About what stands in a line behind the columns of a table.</summary>
    private const int LongestInBrief = 100;

    /// <summary>The first twelve digits of a commit or a digest, which tell it apart.</summary>
    public static string Short(string? hash)
    {
        var digits = hash is null ? "" : hash[(hash.IndexOf(':') + 1)..];
        return digits.Length <= 12 ? digits : digits[..12];
    }

    /// <summary>The first sentence of a reason, and of a long one its beginning: for a line of a table. The whole stands where the one thing is shown.</summary>
    public static string InBrief(string? reason)
    {
        var text = reason ?? "";
        var end = text.IndexOf('\n') is >= 0 and var line ? line : text.Length;
        end = text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var sentence && sentence < end ? sentence : end;
        var first = Wrapping.Lines(text[..end], LongestInBrief).First();
        return first.Length < text.Length ? $"{first.TrimEnd('.', ',', ';', ':')} …" : text;
    }

    public static void More(Invocation run, string? next)
    {
        if (next is not null)
        {
            run.Out.WriteLine(run.Ink.Paint("There are more: --limit N shows them.", Tone.Quiet));
        }
    }

    /// <summary><c>storefront@1.2.0 → prod</c>.</summary>
    public static string Passage(string service, string version, string environment) => $"{service}@{version} → {environment}";

    public static string Passage(PromotionView promotion) =>
        $"{Passage(promotion.Service, promotion.Version, promotion.Environment)}{(promotion.Kind == PromotionKindView.Rollback ? " (rollback)" : "")}";

    /// <summary>Where something answers: by its name, and at its own port; null: nowhere.</summary>
    /// <param name="router">The agent whose router that is; on another machine than this one the addresses are for programs there.</param>
    public static string? Address(string? url, int? port, string? router = null) =>
        url is null ? null : $"{url}{(port is null || url == $"http://127.0.0.1:{port}/" ? "" : $" and http://127.0.0.1:{port}")}{(router is null || router == DataDirectory.LocalAgent ? "" : $" (the router of {router})")}";

    public static string Instances(int count) => count == 1 ? "1 instance" : $"{count} instances";

    /// <summary>What an agent looks after: <c>2 instances are there now</c>.</summary>
    public static string InstancesThere(int count) => $"{Instances(count)} {(count == 1 ? "is" : "are")} there now";

    /// <summary>A state and the reason for it, without saying the state twice: <c>running: 1 of 2 instances healthy</c>.</summary>
    public static string With(this string state, string? reason) =>
        string.IsNullOrEmpty(reason) || reason == state ? state
        : SaysAgain(state, reason) ? reason
        : $"{state}: {reason}";

    /// <summary>As <see cref="With"/>, for what has ended or stands still: <c>rolled back. Errors: canary 20 % vs stable 0 %.</c></summary>
    public static string Told(string state, string? reason) =>
        string.IsNullOrEmpty(reason) || reason == state ? $"{state}."
        : SaysAgain(state, reason) ? Hint.Stopped(reason)
        : Hint.Stopped($"{state}. {char.ToUpperInvariant(reason[0])}{reason[1..]}");

    /// <summary>The reasons and remarks that an entry's sentence is made of.</summary>
    public static IEnumerable<string> Parts(LedgerEntryView entry) =>
        (entry.Body ?? []).Select(member => member.Value).OfType<JsonValue>().Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>());

    private static bool SaysAgain(string state, string reason) =>
        reason.StartsWith(state, StringComparison.Ordinal) && reason.Length > state.Length && reason[state.Length] is ' ' or ':';

    /// <summary>The gates of a promotion that are not open, and how each opens.</summary>
    public static IEnumerable<string> ShutGates(PromotionView promotion, DateTimeOffset now) =>
        promotion.Gates.Where(gate => gate.State != GateStateView.Open).Select(gate => $"{gate.Name,-10} {gate.Why}{Hint.Behind(Opens(promotion, gate, now))}");

    private static string? Opens(PromotionView promotion, GateView gate, DateTimeOffset now) => gate switch
    {
        { State: GateStateView.Closed } => null,
        { Name: "approval" } when promotion.Actions.Contains("approve") => $"slipway promotion approve {promotion.Id}",
        { OpenedBy: { } way, Until: { } until } when way.StartsWith("slipway ", StringComparison.Ordinal) => $"Opens by itself {Words.When(until, now)}, sooner with: {way}",
        { Until: { } until } => $"Opens by itself {Words.When(until, now)}.",
        { OpenedBy: { } way } => way,
        _ => null,
    };

    /// <summary>What a person can do for a promotion that waits for one; null: nobody is waited for.</summary>
    public static string? WayOn(PromotionView promotion, DateTimeOffset now) =>
        promotion.State == PromotionStateView.Waiting && promotion.Gates.FirstOrDefault(gate => gate.State != GateStateView.Open) is { } gate
            ? Opens(promotion, gate, now) ?? $"slipway promotion explain {promotion.Id}"
            : null;
}
