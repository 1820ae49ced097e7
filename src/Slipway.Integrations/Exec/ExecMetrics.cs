using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Exec;

/// <summary>Asks commands, as jobs of agents: each run is a command process like a verification's, in a sandbox and within an agent's limits, and its log is kept like theirs.</summary>
internal sealed class ExecMetrics(IStore store, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250), Margin = TimeSpan.FromSeconds(2);
    private const int MostRemembered = 10_000;

    // What is printed is logged too. The answer goes the way on which jobs give values, which have one line each.
    private static readonly string Script = $"""
        answer=$(bash -euo pipefail -c "$SLIPWAY_METRIC" | tee >(cat >&2) | head -c {Limits.MetricOutputBytes + 1} | base64 -w0)
        printf '{CommandFlow.AnswerName}=%s\n' "$answer" >>"$SLIPWAY_VALUES"
        """;

    private readonly CommandFlow commands = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> asked = new(StringComparer.Ordinal);

    public IMetricSource Of(MetricSourceDefinition source) => new Source(this, source);

    private async Task<MetricAnswer> AskAsync(MetricSourceDefinition source, MetricQuestion question, CancellationToken cancel)
    {
        if (question.Span is not MetricSpan.Moment)
        {
            return new MetricAnswer.Failed($"{source.Name} is a command, which gives one number and no window of them.", false);
        }

        if (MetricReplies.Fill(MetricQuery.Read(MetricSourceKind.Exec, question.Query), question) is var filled && filled.Text is not { } text)
        {
            return new MetricAnswer.Failed(filled.Problem!, false);
        }

        var env = EnvOf(source, question, text);
        if (TooSoon(source, question, env) is { } tooSoon)
        {
            return tooSoon;
        }

        var command = $"{CommandFlow.Prefix}metric.{source.Name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var began = (At: store.Now, Stamp: time.GetTimestamp());
        var answer = await RunAsync(source, question, command, env, cancel);
        var words = answer switch { MetricAnswer.NoData none => none.Why, MetricAnswer.Failed failed => failed.Why, _ => "it printed a number" };
        return answer with { Command = command, Tries = [new MetricTry(began.At, time.GetElapsedTime(began.Stamp), $"{command}: {words}")] };
    }

    private async Task<MetricAnswer> RunAsync(MetricSourceDefinition source, MetricQuestion question, string command, Dictionary<string, string> env, CancellationToken cancel)
    {
        var declared = source.Command!;
        var spec = new CommandSpec
        {
            Rollout = "", Purpose = CommandPurpose.Metric, Name = source.Name, AttemptId = command, ArtifactDigest = "",
            Lane = new LaneId(question.Arguments.GetValueOrDefault("service") ?? "metrics", question.Arguments.GetValueOrDefault("environment") ?? "none"), Version = question.Arguments.GetValueOrDefault("version") ?? "",
            Run = Script, Timeout = source.Timeout, IsOffline = !declared.Network, Labels = declared.Labels, Env = env,
        };
        var process = CommandFlow.ProcessOf(command);
        await store.AppendAsync(new Append { Events = [new NewMessage(process, "asked", commands.WriteEvent(new CommandAsked(spec)))] }, cancel);
        var began = time.GetTimestamp();
        var isOver = false;
        try
        {
            while (time.GetElapsedTime(began) < Limits.MetricDeadline - Margin)
            {
                await Task.Delay(Poll, time, cancel);
                if (await store.ReadProcessAsync(process, cancel) is { } stored && commands.ReadState(stored.State, stored.StateVersion) is { Phase: CommandPhase.Ended } state)
                {
                    isOver = true;
                    return Read(source, question, state);
                }
            }

            return new MetricAnswer.Failed($"No agent has run {source.Name} to its end in {Words.Of(Limits.MetricDeadline)}: see whether one takes jobs (slipway agent list).", true);
        }
        finally
        {
            if (!isOver)
            {
                // Nobody waits for it any more, also where it was only asked no longer.
                await store.AppendAsync(new Append { Events = [new NewMessage(process, "cancelled", commands.WriteEvent(new CommandCancelled("nobody waits for its answer any more")))] }, CancellationToken.None);
            }
        }
    }

    private static MetricAnswer Read(MetricSourceDefinition source, MetricQuestion question, CommandState state)
    {
        if (state.Outcome != JobOutcome.Succeeded)
        {
            return state.Outcome is JobOutcome.BuildFailed ? new MetricAnswer.NoData($"{source.Name} ended badly: {state.Reason}") : new MetricAnswer.Failed($"{source.Name} was not run to its end: {state.Reason}", true);
        }

        byte[] printed;
        try
        {
            printed = Convert.FromBase64String(state.Answer ?? "");
        }
        catch (FormatException)
        {
            return new MetricAnswer.Failed($"{source.Name} has written {CommandFlow.AnswerName} itself, which is not its answer: print it.", false);
        }

        if (printed.AsSpan().Trim(" \r\n\t"u8).Length == 0)
        {
            return new MetricAnswer.NoData($"{source.Name} printed nothing.");
        }

        if (printed.Length > Limits.MetricOutputBytes)
        {
            return new MetricAnswer.Failed($"{source.Name} printed more than {Limits.MetricOutputBytes / 1024} KiB.", false);
        }

        using var document = MetricReplies.Json(new MetricReply(200, printed), out var wrong);
        return document is null ? new MetricAnswer.Failed($"{source.Name} printed neither a number nor JSON: {MetricRequests.Shown(printed)}", wrong!.Retryable)
            : MetricReplies.Answer(MetricValue.One(question.Value ?? MetricValue.Whole, document.RootElement, ((MetricSpan.Moment)question.Span).At, question.Step));
    }

    /// <summary>The same question before its interval is over; a second server, or one that was started again, knows nothing of the first one's.</summary>
    private MetricAnswer.NoData? TooSoon(MetricSourceDefinition source, MetricQuestion question, Dictionary<string, string> env)
    {
        var (now, interval) = (store.Now, source.Command!.Interval);
        if (asked.Count > MostRemembered)
        {
            asked.Clear();
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', env.Concat(question.Arguments).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}").Prepend(source.Name)))));

        // Looks come at whole intervals, give or take the moment that a look itself takes.
        while (true)
        {
            if (!asked.TryGetValue(key, out var before))
            {
                if (asked.TryAdd(key, now))
                {
                    return null;
                }
            }
            else if (now - before < interval - Margin)
            {
                return new MetricAnswer.NoData($"{source.Name} was asked this {Words.Of(now - before)} ago, and may be asked every {Words.Of(interval)}.");
            }
            else if (asked.TryUpdate(key, now, before))
            {
                return null;
            }
        }
    }

    private static Dictionary<string, string> EnvOf(MetricSourceDefinition source, MetricQuestion question, string query)
    {
        Dictionary<string, string> env = new(StringComparer.Ordinal) { ["SLIPWAY_METRIC"] = source.Command!.Run, ["QUERY"] = query };
        foreach (var (name, variable) in new[] { ("stableVersion", "SLIPWAY_STABLE_VERSION"), ("versionSet", "SLIPWAY_VERSION_SET"), ("stableVersionSet", "SLIPWAY_STABLE_VERSION_SET") })
        {
            if (question.Arguments.GetValueOrDefault(name) is { } value)
            {
                env[variable] = value;
            }
        }

        return env;
    }

    private sealed class Source(ExecMetrics owner, MetricSourceDefinition source) : IMetricSource
    {
        public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel) => owner.AskAsync(source, question, cancel);
    }
}
