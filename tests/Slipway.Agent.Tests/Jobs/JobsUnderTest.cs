using Slipway.Agent.Instances;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>An agent with a server that has a repository, and jobs of its last commit.</summary>
internal sealed class JobsUnderTest : IAsyncDisposable
{
    private readonly List<WantedJob> _wanted = [];

    private JobsUnderTest(AgentUnderTest agent, string repository) => (Agent, Repository) = (agent, repository);

    public AgentUnderTest Agent { get; }
    public string Repository { get; }
    public JobEndpoints Server => Agent.Server.Jobs;
    public string Commit => Git("rev-parse", "HEAD");

    /// <param name="files">Those of the first commit.</param>
    public static JobsUnderTest Create(bool begin = true, Func<AgentOptions, AgentOptions>? with = null, params (string Name, string Content)[] files)
    {
        var jobs = new JobsUnderTest(AgentUnderTest.Create(begin: false, with: with), Directory.CreateTempSubdirectory("slipway-source-").FullName);
        jobs.Git("init", "--quiet", "--initial-branch=main");
        jobs.Add([("readme.txt", "read me\n"), .. files]);
        jobs.Server.Repositories["shop"] = jobs.Repository;
        if (begin)
        {
            jobs.Agent.Begin();
        }
        return jobs;
    }

    /// <summary>Makes a commit of files.</summary>
    public string Add(params (string Name, string Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository, name))!);
            File.WriteAllText(Path.Combine(Repository, name), content);
        }
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "-m", "a commit");
        return Commit;
    }

    public string Git(params string[] arguments) => GitCommand.Run(Repository, arguments);

    public WantedJob Job(params WantedStep[] steps) => new()
    {
        Run = "shop-run-1",
        Job = "build",
        Attempt = 1,
        Token = new(1, 1),
        Service = "shop",
        Commit = Commit,
        Branch = "main",
        Network = false,
        Timeout = TimeSpan.FromMinutes(2),
        Env = new Dictionary<string, string> { ["COLOUR"] = "green" },
        Steps = steps,
    };

    public static WantedStep Step(string name, string run) => new() { Name = name, Run = run };

    /// <summary>Wants one more, or another in the place of one of its name.</summary>
    public async Task WantAsync(WantedJob job)
    {
        _wanted.RemoveAll(wanted => Same(wanted, job));
        _wanted.Add(job);
        await TellAsync();
    }

    /// <summary>Takes one back.</summary>
    public async Task TakeBackAsync(WantedJob job)
    {
        _wanted.RemoveAll(wanted => Same(wanted, job));
        await TellAsync();
    }

    public async Task<ObservedJob> UntilAsync(WantedJob job, Func<ObservedJob, bool> seen) =>
        (await Agent.Server.UntilAsync(report => Of(report, job) is { } observed && seen(observed))).Jobs.First(observed => observed.Run == job.Run && observed.Job == job.Job && observed.Attempt == job.Attempt);

    public Task<ObservedJob> UntilEndedAsync(WantedJob job) => UntilAsync(job, observed => observed.Outcome is not null);

    public async Task<ObservedJob> RunAsync(WantedJob job)
    {
        await WantAsync(job);
        return await UntilEndedAsync(job);
    }

    public Task UntilForgottenAsync(WantedJob job) => Agent.Server.UntilAsync(report => Of(report, job) is null);

    public string FolderOf(WantedJob job) => Path.Combine(Agent.Data, "jobs", Slipway.Agent.Jobs.AttemptFolder.NameOf(job));

    /// <summary>Processes of jobs of this agent, in sandboxes and out of them, and any whose command line has a word.</summary>
    public IReadOnlyList<int> Processes(string word) =>
        [.. ProcFs.All().Select(process => process.Pid).Where(pid => pid != Environment.ProcessId && (Text($"/proc/{pid}/cmdline").Contains(word, StringComparison.Ordinal) || Text($"/proc/{pid}/environ").Contains(Path.Combine(Agent.Data, "jobs"), StringComparison.Ordinal)))];

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        Directory.Delete(Repository, recursive: true);
    }

    private async Task TellAsync()
    {
        Agent.Server.Snapshot = new() { Full = true, Jobs = [.. _wanted] };
        await Agent.ConnectedAsync();
        await Agent.Server.SendAsync(Agent.Server.Snapshot);
    }

    private static ObservedJob? Of(AgentReport report, WantedJob job) => report.Jobs.FirstOrDefault(observed => observed.Run == job.Run && observed.Job == job.Job && observed.Attempt == job.Attempt);

    private static bool Same(WantedJob one, WantedJob other) => (one.Run, one.Job, one.Attempt) == (other.Run, other.Job, other.Attempt);

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return "";
        }
    }
}
