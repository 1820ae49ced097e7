namespace Slipway.Core.Access;

/// <summary>Who acts: the account, and the person behind it, by whom duties are separated.</summary>
/// <param name="Identity">The account's name.</param>
/// <param name="Person">The person who owns the account; the same word for two accounts of one person.</param>
public sealed record Actor(string Identity, string Person)
{
    /// <summary>What Slipway does by itself.</summary>
    public static Actor Slipway { get; } = new("slipway", "slipway");
}
