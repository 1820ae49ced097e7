using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Instance;

/// <summary>Instances, one line each, and below them what to do about those that do not run.</summary>
internal static class InstanceTable
{
    public static void Print(Invocation run, IReadOnlyList<InstanceView> instances)
    {
        var hasProcesses = instances.Any(instance => instance.Process is not null);
        var table = run.Table(["INSTANCE", "SERVICE", "ENVIRONMENT", .. hasProcesses ? ["PROCESS"] : Array.Empty<string>(), "VERSION", "ARM", "STATE", ">PORT", ">PID", "UP", ">RESTARTS", "AGENT"]);
        var several = instances.Select(instance => instance.Agent).Distinct().Count() > 1;
        foreach (var instance in instances)
        {
            table.Row([
                new(Name(instance), Tone.Strong), instance.Service, instance.Environment, .. hasProcesses ? [new(instance.Process ?? "")] : Array.Empty<Cell>(), instance.Version, instance.Arm, new(instance.State, Tones.OfInstance(instance.State)),
                instance.Port?.ToString() ?? (instance.Worker ? "no traffic" : null), instance.Pid?.ToString(), instance.StartedAt is { } started ? Words.Age(run.Now - started) : "", instance.Restarts.ToString(), instance.Agent]);
        }

        table.WriteTo(run.Out);
        foreach (var instance in instances.Where(instance => instance.Reason is not null))
        {
            run.Out.WriteLine($"{Name(instance)}: {instance.Reason}{Hint.Behind(instance.NextStep)}");
        }

        // An id is its agent's alone.
        string Name(InstanceView instance) => several ? $"{instance.Agent}/{instance.Id}" : instance.Id;
    }
}
