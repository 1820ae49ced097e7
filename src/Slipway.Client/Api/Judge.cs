namespace Slipway.Client.Api;

/// <summary>A service's judge against itself: between rollouts it compares one half of the stable version's instances with the other, as it compares a canary with stable.</summary>
public sealed record JudgeView
{
    public required string Service { get; init; }

    /// <summary>Environments where something of the service is stable, or was watched.</summary>
    public required IReadOnlyList<SelfJudgedView> Environments { get; init; }
}

public sealed record SelfJudgedView
{
    public required string Environment { get; init; }

    /// <summary>What is stable here serves no requests (<c>traffic: none</c>), so nothing of it is compared between rollouts.</summary>
    public bool Worker { get; init; }

    /// <summary>Time in which both halves had requests.</summary>
    public required double Hours { get; init; }

    /// <summary>Windows of an hour, each a test of its own, that were watched to their end.</summary>
    public required long Windows { get; init; }

    /// <summary>Windows that a rollout or the server's stop cut short.</summary>
    public required long BrokenOff { get; init; }

    /// <summary>How often the judge blamed a half; at most once in a window.</summary>
    public required long Alarms { get; init; }

    /// <summary>Null: nothing was watched yet.</summary>
    public double? AlarmsPerHour { get; init; }

    /// <summary>The chance of an alarm in a window that chance alone may make.</summary>
    public required double FalseAlarmRate { get; init; }

    /// <summary>What the judge promises, in words.</summary>
    public required string Promised { get; init; }

    /// <summary>When the window under way began; null: there is none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What goes on in the lane, in words; null: it has not been looked at since the server started.</summary>
    public string? Now { get; init; }

    /// <summary>The newest first, at most fifty.</summary>
    public required IReadOnlyList<SelfAlarmView> LastAlarms { get; init; }
}

public sealed record SelfAlarmView
{
    public required DateTimeOffset At { get; init; }
    public required string Version { get; init; }

    /// <summary>Requests to the half that was judged as a canary is, from the window's begin to the alarm.</summary>
    public required long FirstUnits { get; init; }
    public required long FirstBad { get; init; }
    public required long SecondUnits { get; init; }
    public required long SecondBad { get; init; }

    /// <summary>The alarm in a sentence.</summary>
    public required string Text { get; init; }
}
