using Slipway.Core.Access;
using Slipway.Core.Releases;

namespace Slipway.Engine.Promotions;

/// <summary>Begins the promotions that a new release enters by itself.</summary>
public class AutoPromotion
{
    /// <returns>The ids of the promotions that began.</returns>
    public virtual Task<IReadOnlyList<string>> OnReleaseCreatedAsync(Release release, Actor by, CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);
}
