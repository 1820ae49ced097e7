namespace Slipway.Server.Web;

/// <summary>The pages that a person can be sent to: those of the web app, and the API's description.</summary>
internal static class WebPages
{
    /// <summary>A word with a colon stands for any one segment, as in the web app's own table of routes.</summary>
    public static IReadOnlyList<string> Patterns { get; } = ["/", "/services/:service", "/services/:service/tests", "/services/:service/releases/:version", "/promotions/:id", "/rollouts/:id", "/runs", "/runs/:id", "/templates", "/activity", "/freezes", "/access", "/docs"];

    /// <param name="page">A path, perhaps with a query or a fragment.</param>
    public static bool Has(string page)
    {
        var segments = page.Split('?', '#')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Patterns.Any(pattern => pattern.Split('/', StringSplitOptions.RemoveEmptyEntries) is var wanted && wanted.Length == segments.Length
            && wanted.Zip(segments).All(pair => pair.First[0] == ':' || pair.First == pair.Second));
    }
}
