using System.Text.Json.Serialization;

namespace Slipway.Core.Pipelines;

/// <summary>
/// Whose a kept state is: what runs of one ref of one repository have saved. Whoever may push to a branch can put anything into what its runs save. So a run takes only what runs of
/// its own ref have saved, and of the branch that its service follows, for what is on that one is released; and it saves for its own ref alone.
/// </summary>
/// <param name="Repository">As the source names it.</param>
/// <param name="Ref">Whole: <c>refs/heads/main</c>.</param>
public sealed record CacheScope(string Repository, string Ref)
{
    private const string Heads = "refs/heads/", Tags = "refs/tags/";

    /// <summary>As people know it: <c>main</c>; a tag as <c>tag v1.2.0</c>.</summary>
    [JsonIgnore]
    public string Words => Ref.StartsWith(Heads, StringComparison.Ordinal) ? Ref[Heads.Length..]
        : Ref.StartsWith(Tags, StringComparison.Ordinal) ? $"tag {Ref[Tags.Length..]}"
        : Ref;

    /// <summary>Where a run saves; null: nowhere, for nobody can say of which ref its commit is.</summary>
    public static CacheScope? WrittenBy(RunInputs run) => run is { Repository: { } repository, Ref: { } @ref } ? new(repository, @ref) : null;

    /// <summary>From where a run takes, the nearest first.</summary>
    public static IReadOnlyList<CacheScope> ReadBy(RunInputs run) => run.Repository is not { } repository ? []
        : [.. new[] { WrittenBy(run), new CacheScope(repository, Heads + run.Branch) }.OfType<CacheScope>().Distinct()];

    /// <summary>The whole name of the branch that a service follows.</summary>
    public static string BranchRef(string branch) => Heads + branch;

    /// <summary>Null: it is no branch's.</summary>
    public static string? BranchOf(string @ref) => @ref.StartsWith(Heads, StringComparison.Ordinal) ? @ref[Heads.Length..] : null;
}
