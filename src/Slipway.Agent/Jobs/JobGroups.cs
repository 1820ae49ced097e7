using System.Security.Cryptography;
using System.Text;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Where cgroups of jobs can be made on this machine, and what they limit: with v2 below the agent's own group, if that was given to it to divide; with v1 below it in the
/// hierarchy of each controller. Each is tried once, with real limits; what fails is said, and that limit is not held.
/// </summary>
internal sealed class JobGroups
{
    private readonly List<(string Parent, bool IsUnified, List<Controller> Controllers)> _places = [];
    private readonly Dictionary<Controller, string> _whyNot = [];
    private readonly long _together;

    private JobGroups(long together) => _together = together;

    /// <summary>What a job has at most; also what it has unless it says less.</summary>
    public required JobLimits Most { get; init; }

    /// <summary>What is limited, in a sentence; null: nothing.</summary>
    public string? Held
    {
        get
        {
            var held = new List<string>();
            if (!_whyNot.ContainsKey(Controller.Memory))
            {
                held.Add($"{JobLimits.Words(Most.Memory)} of memory ({(Most.Memory < _together ? $"{JobLimits.Words(_together)} " : "")}all jobs together{(Most.Memory < _together ? "" : ", too")})");
            }
            if (!_whyNot.ContainsKey(Controller.Pids))
            {
                held.Add($"{JobLimits.Number(Most.Processes)} processes");
            }
            if (!_whyNot.ContainsKey(Controller.Cpu))
            {
                held.Add("the processor time that it asks for");
            }
            return held.Count == 0 ? null : $"a job has at most {string.Join(", ", held)}";
        }
    }

    /// <summary>What is not limited and why, in a sentence; null: all is.</summary>
    public string? Missing => _whyNot.Count == 0 ? null
        : string.Join("; ", _whyNot.GroupBy(pair => pair.Value).Select(same => $"{string.Join(", ", same.Select(pair => Word(pair.Key)))} of jobs {(same.Count() == 1 && same.First().Key != Controller.Pids ? "is" : "are")} not limited: {same.Key}"));

    public static JobGroups Look(AgentOptions options, AgentPaths paths)
    {
        var together = (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * AgentLimits.JobsShareOfMemory);
        var groups = new JobGroups(together) { Most = new(null, Math.Min(options.JobMemory ?? together, together), options.JobProcesses) };
        var name = "slipway-jobs-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(paths.Root)))[..12];
        IReadOnlyList<ControlHierarchy> hierarchies = File.Exists(Path.Combine(options.ProcSelf, "cgroup")) ? ControlHierarchy.OfThisProcess(options.ProcSelf) : [];
        foreach (var controller in Enum.GetValues<Controller>())
        {
            var hierarchy = hierarchies.OrderBy(each => each.IsUnified).FirstOrDefault(each => each.Controllers.Contains(JobGroup.NameOf(controller)));
            var why = hierarchy is null ? "there is no cgroup hierarchy for that where the agent runs" : groups.Try(hierarchy, controller, name);
            if (why is not null)
            {
                groups._whyNot[controller] = why;
            }
            else if (groups._places.Find(place => place.Parent == Path.Combine(hierarchy!.Own, name)) is { Parent: not null } known)
            {
                known.Controllers.Add(controller);
            }
            else
            {
                groups._places.Add((Path.Combine(hierarchy!.Own, name), hierarchy.IsUnified, [controller]));
            }
        }
        return groups;
    }

    /// <returns>Null: nothing can be limited here.</returns>
    /// <exception cref="IOException">The machine does not let them be made, though it did.</exception>
    public JobGroup? Make(AttemptFolder attempt, JobLimits limits)
    {
        if (_places.Count == 0)
        {
            return null;
        }
        var group = Of(Path.GetFileName(attempt.Root), limits, _places);
        group.Make(attempt);
        return group;
    }

    private JobGroup Of(string name, JobLimits limits, IEnumerable<(string Parent, bool IsUnified, List<Controller> Controllers)> places) =>
        new([.. places.Select(place => (Path.Combine(place.Parent, name), place.IsUnified, (IReadOnlyList<Controller>)place.Controllers))], limits, _together);

    /// <returns>Why a controller cannot be used; null: it can.</returns>
    private string? Try(ControlHierarchy hierarchy, Controller controller, string name)
    {
        var scratch = new AttemptFolder(Directory.CreateTempSubdirectory("slipway-cgroup-").FullName);
        try
        {
            if (hierarchy.IsUnified && WhyNotDivided(hierarchy, controller) is { } why)
            {
                return why;
            }
            var trial = Of("trial", Most with { Cpu = 1 }, [(Path.Combine(hierarchy.Own, name), hierarchy.IsUnified, [controller])]);
            trial.Make(scratch);
            trial.Counts();
            trial.RemoveAsync(scratch, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"no cgroup can be made in {hierarchy.Own} ({refused.Message})";
        }
        finally
        {
            Directory.Delete(scratch.Root, recursive: true);
        }
    }

    /// <summary>Lets groups below the agent's own have limits. While processes are in it, it cannot: they go into one below, if the group was given to be divided.</summary>
    private static string? WhyNotDivided(ControlHierarchy hierarchy, Controller controller)
    {
        var control = Path.Combine(hierarchy.Own, "cgroup.subtree_control");
        var name = JobGroup.NameOf(controller);
        if (ControlHierarchy.WordsIn(control).Contains(name))
        {
            return null;
        }
        if (!hierarchy.IsTop && !Libc.HasAttribute(hierarchy.Own, "user.delegate", "trusted.delegate"))
        {
            return $"the cgroup {hierarchy.Own} was not given to the agent to divide: set Delegate=yes in its systemd unit, or start it with systemd-run --scope -p Delegate=yes (--user for a user of its own)";
        }
        var own = Path.Combine(hierarchy.Own, ControlHierarchy.AgentsOwn);
        Directory.CreateDirectory(own);
        foreach (var pid in ControlHierarchy.WordsIn(Path.Combine(hierarchy.Own, "cgroup.procs")))
        {
            try
            {
                File.WriteAllText(Path.Combine(own, "cgroup.procs"), pid);
            }
            catch (IOException)
            {
                // It has ended, or is the kernel's own and may stay. If it may not, the next line says so.
            }
        }
        File.WriteAllText(control, "+" + name);
        return null;
    }

    private static string Word(Controller controller) => controller switch { Controller.Memory => "memory", Controller.Pids => "processes", _ => "processor time" };
}
