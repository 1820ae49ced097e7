using System.Text;
using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Bench;

/// <summary>How long conditions and rules take, and whether threads that share them are in one another's way.</summary>
public sealed class CelSpeed : IBenchmark
{
    private const int Rounds = 20;

    private static readonly string[] Rules =
    [
        "release.service == 'shop'",
        "release.branch.startsWith('release/') || release.branch == 'main'",
        "release.version.matches('^[0-9]+[.][0-9]+[.][0-9]+$')",
        "has(release.notes) && release.notes.size() > 10",
        "release.size < 100000000.0",
        "release.author != release.approver",
        "release.labels.tier in ['gold', 'silver']",
        "release.labels.team == 'checkout' && !has(release.labels.frozen)",
        "timestamp(release.created) > timestamp('2026-01-01T00:00:00Z')",
        "timestamp(release.created).getDayOfWeek() != 5 || timestamp(release.created).getHours('+01:00') < 12",
        "release.coverage >= 0.8",
        "release.checks.size() <= 40",
        "release.checks.exists(c, c.name == 'check-7')",
        "release.checks.filter(c, c.severity == 'high').size() == 0 || release.labels.tier == 'gold'",
        "'signed' in release.flags",
        "release.flags.all(f, f.size() > 0)",
        "release.approver.endsWith('@example.org')",
        "release.risk < 0.5 || release.approvals.exists_one(a, a.role == 'owner')",
        "release.environments.prod.region in ['eu', 'us'] && release.environments.prod.replicas >= 2.0",
        "release.approvals.map(a, a.role).exists(r, r == 'security')",
    ];

    public string Name => "cel";
    public string Summary => "one condition; 20 rules over a 10 kB JSON document; two threads beside one";

    public Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var text = ExpressionType.String;
        var small = new ExpressionEnvironment(new("branch", text), new("tag", text), new("event", text), new("outcome", text));
        var condition = Read(small, "branch == 'main' && event != 'manual' && outcome == 'succeeded'");
        void One() => Hold(condition.Evaluate(small.Inputs().With("branch", Value.Of("main")).With("tag", Value.Of("")).With("event", Value.Of("push")).With("outcome", Value.Of("succeeded"))));

        var large = new ExpressionEnvironment(new ExpressionVariable("release", ExpressionType.Dyn));
        Expression[] rules = [.. Rules.Select(r => Read(large, r))];
        using var document = JsonDocument.Parse(Document());
        var release = document.RootElement;
        void All()
        {
            var inputs = large.Inputs().With("release", release);
            foreach (var rule in rules)
            {
                Hold(rule.Evaluate(inputs));
            }
        }

        // Once for the compiler: what it makes better while it runs would count for whatever comes last.
        Microseconds(All, 1_000, 2, cancel);
        var alone = Microseconds(All, 1_000, 1, cancel);
        var single = new Figure("one condition", Microseconds(One, 500_000, 1, cancel), "µs");
        var together = new Figure("20 rules over 10 kB", alone, "µs");
        var two = new Figure("the same on each of two threads", Microseconds(All, 1_000, 2, cancel), "µs");
        var over = new Figure("two threads over one", two.Value / alone, "x");
        return Task.FromResult(new Outcome([single, together, two, over], [Goal.Most(single, 1), Goal.Most(together, 50), Goal.Most(over, 1.25)]));
    }

    private static Expression Read(ExpressionEnvironment environment, string text)
    {
        var read = environment.Read(text, ExpressionType.Bool);
        return read.Expression ?? throw new InvalidOperationException($"{text}: {read.Problems[0]}");
    }

    private static void Hold(ExpressionResult result)
    {
        if (!result.IsTrue)
        {
            throw new InvalidOperationException($"A rule does not hold: {result.Error}");
        }
    }

    /// <summary>Of the processor, in the best round, on the thread that took most: what else the machine runs counts little.</summary>
    private static double Microseconds(Action action, int times, int threads, CancellationToken cancel)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            var seen = new double[threads];
            using var start = new Barrier(threads);
            var running = Enumerable.Range(0, threads).Select(t => new Thread(() =>
            {
                start.SignalAndWait(cancel);
                var before = ProcessorNanoseconds();
                for (var i = 0; i < times; i++)
                {
                    action();
                }

                seen[t] = (ProcessorNanoseconds() - before) / 1000 / times;
            })).ToArray();
            Array.ForEach(running, thread => thread.Start());
            Array.ForEach(running, thread => thread.Join());
            best = Math.Min(best, seen.Max());
        }

        return best;
    }

    /// <summary>What this thread has had of a processor.</summary>
    private static double ProcessorNanoseconds() => double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0]);

    private static string Document()
    {
        var text = new StringBuilder("""
            {"service": "shop", "branch": "release/1.4", "version": "1.4.0", "size": 41234567, "author": "ann@example.org", "approver": "bob@example.org", "created": "2026-03-03T10:00:00Z", "coverage": 0.87, "risk": 0.7,
             "labels": {"tier": "gold", "team": "checkout"}, "flags": ["signed", "scanned", "reviewed"], "approvals": [{"role": "owner", "by": "bob"}, {"role": "security", "by": "eve"}],
             "environments": {"dev": {"region": "eu", "replicas": 1}, "prod": {"region": "eu", "replicas": 6}}, "checks": [
            """);
        text.AppendJoin(", ", Enumerable.Range(0, 40).Select(i => $$"""{"name": "check-{{i}}", "severity": "{{(i % 9 == 0 ? "high" : "low")}}", "passed": true, "seconds": {{i}}.5, "output": "{{new string('x', 90)}}"}"""));
        text.Append("], \"notes\": \"").Append('n', Math.Max(20, 10_000 - text.Length)).Append("\"}");
        return text.ToString();
    }
}
