namespace Slipway.Core.Artifacts;

/// <summary>What <c>retention</c> of <c>platform.yaml</c> says: how much is kept of what nothing needs, and how far lanes can go back.</summary>
public sealed record RetentionPolicy
{
    public static RetentionPolicy Default { get; } = new();

    /// <summary>A rollback finds this many versions of each lane that were well there, the newest ones.</summary>
    public int GoodVersions { get; init; } = 10;

    /// <summary>Artifacts of releases that nothing needs; the newest are those of a service.</summary>
    public KeepRule Artifacts { get; init; } = new(TimeSpan.FromDays(30), 10);

    /// <summary>Logs of ended runs; the newest are those of a service.</summary>
    public KeepRule Logs { get; init; } = new(TimeSpan.FromDays(90), 20, 2000);

    /// <summary>Packed outputs of ended runs; the newest are those of a service.</summary>
    public KeepRule Outputs { get; init; } = new(TimeSpan.FromDays(7), 3, 200);
}

/// <summary>By age and by number: what is younger than <paramref name="Age"/> is kept, and so are the newest, whatever their age.</summary>
/// <param name="AtLeast">So many of the newest are kept in any case.</param>
/// <param name="AtMost">No more than so many, however young they are; null: as many as there are.</param>
public sealed record KeepRule(TimeSpan Age, int AtLeast, int? AtMost = null)
{
    /// <summary>Why something is kept by this rule; null: it is not.</summary>
    /// <param name="rank">Its place among its like, the newest being 0.</param>
    /// <param name="age">How old it is; something from the future is as good as new.</param>
    public KeepCause? Keeps(int rank, TimeSpan age) =>
        rank < AtLeast ? KeepCause.Newest
        : AtMost is { } most && rank >= most ? null
        : age < Age ? KeepCause.Young
        : null;
}
