using System.Net;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Somebody with a browser: keeps the session that the router gives.</summary>
internal sealed class Visitor(RouterUnderTest router, string? session = null)
{
    private const string Name = "slipway_session=";

    /// <summary>The id; null: none yet.</summary>
    public string? Session { get; private set; } = session;

    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string path = "/", CancellationToken? leaving = null)
    {
        var cancel = leaving ?? TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + path);
        if (Session is not null)
        {
            request.Headers.Add("Cookie", $"theme=dark; {Name}{Session}; lang=de");
        }

        using var answer = await router.Http.SendAsync(request, cancel);
        if (SetCookie(answer) is { } cookie)
        {
            Session = cookie[Name.Length..cookie.IndexOf(';')];
        }

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>The session's cookie as an answer sets it; null when it does not.</summary>
    public static string? SetCookie(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.SingleOrDefault(c => c.StartsWith(Name, StringComparison.Ordinal)) : null;
}
