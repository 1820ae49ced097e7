using Slipway.Cli.Artifacts;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;
using Slipway.Cli.Load;
using Slipway.Cli.Terminal;
using Slipway.Cli.Watching;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Server;

namespace Slipway.Cli.Demo;

/// <summary>
/// The demonstration, as it is told: a version reaches production, a good one follows it by canary while people use it, and a bad one takes itself back. It uses what every
/// user has: the API, as two identities, and requests through the router.
/// </summary>
internal sealed class DemoStory(Invocation run, LocalPlatform platform, SlipwayClient admin, SlipwayClient approver, StorefrontRepository repository) : IDisposable
{
    public const string Service = "storefront", Environment = "prod", First = "1.0.0", Good = "2.0.0", Bad = "3.0.0";

    private const int RequestsPerSecond = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Glance = TimeSpan.FromMilliseconds(200), LastRequestsEnd = TimeSpan.FromSeconds(2), AfterMath = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource stopLoad = new();
    private readonly List<DemoClaim> claims = [];
    private LoadGenerator? load;
    private Task sending = Task.CompletedTask;
    private bool runsJobs;

    /// <summary>Tells it to its end.</summary>
    /// <exception cref="CliException">It could not go on.</exception>
    public async Task<DemoDocument> Tell()
    {
        var agent = await AgentConnects();
        runsJobs = agent.JobCapacity > 0;

        Chapter($"{First} reaches production");
        if (!runsJobs)
        {
            run.Say($"Pipelines are left out, and each commit is built by hand: {agent.NoJobsBecause}.");
            await admin.AddService(new AddService { Name = Service }, run.Cancel);
        }

        await Deliver(First, ExitCodes.Done);
        var lane = await Lane();
        Claim(lane.Version == First, $"{First} passed dev and staging, was approved by a second identity, and runs in {Environment}");

        load = new LoadGenerator(new LoadTarget { Url = new Uri(lane.Url!), RequestsPerSecond = RequestsPerSecond, Time = run.Shell.Time });
        sending = load.Run(stopLoad.Token);
        run.Say($"{RequestsPerSecond} requests a second go to {lane.Url} from now on, through the router.");

        Chapter($"{Good}, a good version, follows by canary");
        var before = load.Report();
        await Deliver(Good, ExitCodes.Done);
        var after = load.Report();
        Claim((await Lane()).Version == Good, $"{Good} went to 100 % by canary");
        Claim(after.Failed == before.Failed && after.LeftOut == 0, $"{after.Requests - before.Requests} requests meanwhile, {after.Failed - before.Failed} failed");

        Chapter($"{Bad}, a version with a bug that its health check does not see");
        var rollout = await Deliver(Bad, ExitCodes.Failed);
        await Task.Delay(LastRequestsEnd, run.Shell.Time, run.Cancel);
        var ended = load.Report();
        await Task.Delay(AfterMath, run.Shell.Time, run.Cancel);
        var later = load.Report();
        ClaimBadWasTakenBack(rollout, await Lane());
        Claim(
            Requests(later, Bad) == Requests(ended, Bad) && Requests(later, Good) > Requests(ended, Good),
            $"since then {Requests(later, Bad) - Requests(ended, Bad)} requests went to {Bad} and {Requests(later, Good) - Requests(ended, Good)} to {Good}");
        var failedElsewhere = later.Failed - Errors(later, Bad);
        Claim(failedElsewhere == 0, $"of {later.Requests} requests in all {later.Failed} failed, {failedElsewhere} of them elsewhere than on {Bad}");
        return new DemoDocument(claims.TrueForAll(claim => claim.Held), claims, later);
    }

    /// <summary>The requests that still go on, ended.</summary>
    public async Task StopLoad()
    {
        await stopLoad.CancelAsync();
        await sending;
    }

    public void Dispose()
    {
        load?.Dispose();
        stopLoad.Dispose();
    }

    /// <summary>From a commit to production.</summary>
    private async Task<RolloutView> Deliver(string version, int expected)
    {
        var commit = await repository.Commit(version, run.Cancel);
        run.Say($"commit    {commit.Short} \"{commit.Message}\" in {repository.Folder}");
        Flush();
        var digest = runsJobs ? await Runs(commit) : await BuildByHand(commit);
        run.Say($"release   {Service}@{version}, {digest}");
        foreach (var environment in (string[])["dev", "staging"])
        {
            await Arrives(version, environment);
        }

        var promotion = await admin.StartPromotion(new StartPromotion { Service = Service, Environment = Environment, Version = version, Why = commit.Message }, run.Cancel);
        run.Say($"page      {PageOf(promotion.Id)}");
        await Follow(promotion.Id, ExitCodes.WaitsForAPerson);
        await approver.DecideApproval(promotion.Id, new DecideApproval { Decision = ApprovalDecision.Approve, Why = "tried it in staging", InputsHash = promotion.InputsHash }, run.Cancel);
        run.Say("approver approves it.");
        await Follow(promotion.Id, expected);
        return await admin.Rollout(promotion.Id, run.Cancel);
    }

    /// <summary>The pipeline of the commit makes the release.</summary>
    /// <returns>The artifact's digest.</returns>
    private async Task<string> Runs(StorefrontCommit commit)
    {
        if (commit.Version == First)
        {
            await admin.AddService(new AddService { Name = Service, Source = new SetSource { Repository = repository.Folder } }, run.Cancel);
        }

        RunView? found = null;
        await Until(
            async () => (found = (await admin.Runs(Service, cancel: run.Cancel)).Items.FirstOrDefault(made => made.Commit == commit.Sha)) is not null, $"No run was made for {commit.Short}");
        run.Say($"run       {new Uri(platform.Url, $"/runs/{found!.Id}").AbsoluteUri}");
        Flush();
        await Until(async () => (found = await admin.Run(found.Id, run.Cancel)).EndedAt is not null, $"{found.Id} has not ended");
        if (found.State != RunStateView.Succeeded || found.Release != commit.Version)
        {
            throw new CliException(ExitCodes.Failed, $"{found.Id} did not make {commit.Version}: {found.Reason}", $"slipway run show {found.Id}");
        }

        return (await admin.Release(Service, commit.Version, run.Cancel)).ArtifactDigest;
    }

    /// <returns>The artifact's digest.</returns>
    private async Task<string> BuildByHand(StorefrontCommit commit)
    {
        var build = await repository.Publish(commit, run.Cancel);
        await using var packed = PackedArtifact.Of(run.Shell, build.Artifact, run.Cancel);
        var release = await admin.CreateRelease(Service, new ReleaseUpload
        {
            Version = commit.Version,
            Commit = commit.Sha,
            Definition = await File.ReadAllTextAsync(build.Definition, run.Cancel),
            DefinitionFile = "slipway.yaml",
            Notes = commit.Message,
            OpenArtifact = packed.Open,
        }, run.Cancel);
        return release.Release.ArtifactDigest;
    }

    private async Task Follow(string promotion, int expected)
    {
        var end = await new PromotionWatch(run, admin, promotion, WatchUntil.End, Patience).Follow();
        if (end != expected)
        {
            throw new CliException(ExitCodes.Failed, $"{promotion} did not go as the demonstration expects.", $"slipway promotion explain {promotion}");
        }
    }

    private async Task Arrives(string version, string environment)
    {
        PromotionView? last = null;
        await Until(async () =>
        {
            var promotions = await admin.Promotions(Service, environment, cancel: run.Cancel);
            last = promotions.Items.FirstOrDefault(promotion => promotion.Version == version);
            return last?.EndedAt is not null;
        }, $"{version} has not arrived in {environment}");
        if (last!.State != PromotionStateView.Succeeded)
        {
            throw new CliException(ExitCodes.Failed, $"{version} did not pass {environment}: {last.Reason}", $"slipway promotion explain {last.Id}");
        }

        run.Say($"{environment,-9} {last.Reason}");
        Flush();
    }

    /// <returns>The agent, once it has said whether it runs jobs.</returns>
    private async Task<AgentView> AgentConnects()
    {
        AgentView? agent = null;
        await Until(
            async () => (agent = (await admin.Agents(cancel: run.Cancel)).Items.FirstOrDefault(agent => agent.Connected && agent.Name == DataDirectory.LocalAgent)) is { JobCapacity: > 0 } or { NoJobsBecause: not null },
            $"The agent has not connected; its log: {platform.AgentLog}");
        return agent!;
    }

    private async Task Until(Func<Task<bool>> condition, string complaint)
    {
        var began = run.Shell.Time.GetTimestamp();
        while (!await condition())
        {
            if (run.Shell.Time.GetElapsedTime(began) > Patience)
            {
                throw new CliException(ExitCodes.TimedOut, $"{complaint}.", "slipway status");
            }

            await Task.Delay(Glance, run.Shell.Time, run.Cancel);
        }
    }

    private void ClaimBadWasTakenBack(RolloutView rollout, LaneView lane)
    {
        var judged = rollout.Analysis?.Verdict == VerdictView.Failed;
        Claim(
            rollout.State == RolloutStateView.RolledBack && judged && lane.Version == Good && lane.Moving is null,
            $"{Bad} was taken back by the judge: {rollout.Reason}");
        Claim(rollout.Weights.All(weight => weight.Weight == (weight.Version == Good ? 100 : 0)), $"{Good} has 100 % of the traffic again");
    }

    private Task<LaneView> Lane() => admin.Lane(Service, Environment, run.Cancel);

    private string PageOf(string promotion) => new Uri(platform.Url, $"/rollouts/{promotion}").AbsoluteUri;

    private static long Requests(LoadReport report, string version) => report.Versions.Where(seen => seen.Version == version).Sum(seen => seen.Requests);

    private static long Errors(LoadReport report, string version) => report.Versions.Where(seen => seen.Version == version).Sum(seen => seen.Errors);

    private void Claim(bool held, string what) => claims.Add(new(held, what));

    private void Chapter(string title)
    {
        run.Say("");
        run.Say(run.Ink.Paint(title, Tone.Strong));
        Flush();
    }

    private void Flush() => run.Out.Flush();
}
