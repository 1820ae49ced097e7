namespace Slipway.Agent.Instances;

/// <summary>Healthy only after so many good answers in a row, unhealthy only after so many bad ones: one lucky or unlucky probe changes nothing.</summary>
internal readonly record struct HealthJudge(bool Healthy, int Streak)
{
    public static HealthJudge Unproven => new(false, 0);

    /// <summary>One that was healthy before this agent looked at it, such as an adopted instance.</summary>
    public static HealthJudge Proven => new(true, 0);

    public HealthJudge After(bool good, int healthyAfter, int unhealthyAfter)
    {
        if (good == Healthy)
        {
            return this with { Streak = 0 };
        }
        var streak = Streak + 1;
        return streak >= (good ? healthyAfter : unhealthyAfter) ? new(good, 0) : this with { Streak = streak };
    }
}
