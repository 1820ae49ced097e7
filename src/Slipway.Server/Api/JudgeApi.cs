using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Analysis;
using Slipway.Engine.Lanes;
using Slipway.Engine.Services;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>How the judge does when there is nothing to find.</summary>
internal static class JudgeApi
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/services/{service}/judge", Show).WithTags("services").RequirePermission(Permission.Read).WithName("showJudge").WithSummary("A service's stable versions compared with themselves, by environment.");

    private static async Task<Results<Ok<JudgeView>, ApiProblem>> Show(string service, ServiceCatalog services, LaneStates lanes, SelfWatch watch, CancellationToken cancel)
    {
        if (await services.FindAsync(service, cancel) is null)
        {
            return Answers.Problem(await services.MissingAsync(service, cancel));
        }

        var records = (await watch.OfServiceAsync(service, cancel)).ToDictionary(r => r.Environment, r => r.Record, StringComparer.Ordinal);
        var stable = (await lanes.ListAsync(service, cancel)).Where(lane => lane.Stable is not null)
            .ToDictionary(lane => lane.Lane.Environment, lane => lane.Stable!, StringComparer.Ordinal);
        return TypedResults.Ok(new JudgeView
        {
            Service = service,
            Environments = [.. records.Keys.Union(stable.Keys).Order(StringComparer.Ordinal).Select(environment => View(
                environment, records.GetValueOrDefault(environment) ?? new() { FalseAlarmRate = stable[environment].Inputs.Definition.Rollout.FalseAlarmRate },
                stable.GetValueOrDefault(environment)?.Spec.Run.IsWorker == true, watch.NoteOf(new LaneId(service, environment))))],
        });
    }

    private static SelfJudgedView View(string environment, SelfWatchRecord record, bool worker, string? now)
    {
        var hours = record.SecondsWatched / 3600.0;
        return new()
        {
            Environment = environment,
            Worker = worker,
            Hours = Math.Round(hours, 2),
            Windows = record.Windows,
            BrokenOff = record.BrokenOff,
            Alarms = record.Alarms,
            AlarmsPerHour = hours > 0 ? Math.Round(record.Alarms / hours, 4) : null,
            FalseAlarmRate = record.FalseAlarmRate,
            Promised = worker ? "nothing: by what metric sources say, a verdict is an estimate" : $"at most 1 in {1 / record.FalseAlarmRate:0.#} per rollout",
            Since = record.OpenSince,
            Now = worker ? "its instances serve no requests by which halves of them could be compared" : now,
            LastAlarms = [.. record.LastAlarms.Select(alarm => new SelfAlarmView
            {
                At = alarm.At, Version = alarm.Version, FirstUnits = alarm.FirstUnits, FirstBad = alarm.FirstBad, SecondUnits = alarm.SecondUnits, SecondBad = alarm.SecondBad, Text = alarm.Words,
            })],
        };
    }
}
