using System.Text.Json.Serialization;

namespace Slipway.Engine.Analysis;

/// <summary>What the judge made of one lane's stable version compared with itself, since the lane was first watched.</summary>
public sealed record SelfWatchRecord
{
    public const string Collection = "selfWatch";

    /// <summary>The newest alarms that are kept one by one.</summary>
    public const int MostAlarms = 50;

    /// <summary>Seconds in which both halves had requests; to within a few minutes after the server was stopped.</summary>
    public long SecondsWatched { get; init; }

    /// <summary>Windows of an hour that were watched to their end.</summary>
    public long Windows { get; init; }

    /// <summary>Windows that a rollout or the server's stop cut short.</summary>
    public long BrokenOff { get; init; }

    /// <summary>All alarms, at most one for each window.</summary>
    public long Alarms { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SelfAlarm> LastAlarms { get; init => field = value ?? []; } = [];

    /// <summary>α of the window that was begun last.</summary>
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>φ of the last window that saw enough; null: none has.</summary>
    public double? Dispersion { get; init; }

    /// <summary>Of the window under way; null: there is none.</summary>
    public DateTimeOffset? OpenSince { get; init; }
}

/// <param name="At">The second that decided, by the routers' clock.</param>
/// <param name="Version">What was compared with itself.</param>
/// <param name="FirstUnits">Requests to the half that was judged as a canary is, until then.</param>
/// <param name="SecondUnits">Requests to the other half.</param>
/// <param name="Words">The alarm in a sentence.</param>
public sealed record SelfAlarm(DateTimeOffset At, string Version, long FirstUnits, long FirstBad, long SecondUnits, long SecondBad, string Words);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SelfWatchRecord))]
internal sealed partial class SelfWatchJson : JsonSerializerContext;
