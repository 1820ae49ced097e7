using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine.Environments;

namespace Slipway.Engine.Rollouts;

/// <summary>
/// Asks endpoints that a repository names. Only what <c>platform.yaml</c> allows is reached; whatever is not a plain decision (another status, a redirect, HTML, silence) is a failure, never a go.
/// </summary>
/// <param name="http">Follows no redirects, and reaches no link-local address.</param>
public sealed class HookCaller(Platform platform, HttpClient http, TimeProvider time)
{
    private const int MostBody = 64 * 1024, MostReason = 500;

    /// <param name="inDoubt">It was begun before, and nobody knows whether the endpoint was asked.</param>
    public async Task<HookAnswered> AskAsync(AskHook asked, bool inDoubt, CancellationToken cancel)
    {
        if (inDoubt)
        {
            return Failed(asked, "it was interrupted, and nobody knows whether it was asked");
        }

        var url = new Uri(asked.Url);
        var origin = url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped).ToLowerInvariant();
        if (!platform.Current.HookOrigins.Contains(origin, StringComparer.Ordinal))
        {
            return Failed(asked, $"{origin} is not allowed: whoever runs the platform can add it to hooks.allow in platform.yaml") with { Final = true };
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), timeout, asked.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await PostAsync(asked, url, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(asked, $"{origin} gave no answer within {Words.Of(asked.Timeout)}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Failed(asked, $"{origin} could not be asked: {Shown(fault.Message)}");
        }
    }

    private async Task<HookAnswered> PostAsync(AskHook asked, Uri url, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(Told(asked.Question).ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if ((int)response.StatusCode != 200)
        {
            return Failed(asked, $"{url.Host} answered {(int)response.StatusCode} instead of 200");
        }

        var body = await BodyAsync(response, cancel);
        if (body.Length > MostBody)
        {
            return Failed(asked, $"{url.Host} answered more than 64 KiB");
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return Read(asked, url, json.RootElement);
        }
        catch (JsonException)
        {
            return Failed(asked, $"{url.Host} answered no JSON: '{Shown(Encoding.UTF8.GetString(body))}'");
        }
    }

    private static JsonObject Told(HookQuestion question) => new()
    {
        ["id"] = question.Id,
        ["rollout"] = question.Rollout,
        ["service"] = question.Service,
        ["environment"] = question.Environment,
        ["version"] = question.Version,
        ["fromVersion"] = question.FromVersion,
        ["point"] = JsonWords.Of(question.Point),
        ["step"] = question.Step,
    };

    private static HookAnswered Read(AskHook asked, Uri url, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("decision", out var word) || word.ValueKind != JsonValueKind.String)
        {
            return Failed(asked, $"{url.Host} answered without a decision: 'go', 'wait' or 'stop'");
        }

        var reason = answer.TryGetProperty("reason", out var told) && told.ValueKind == JsonValueKind.String && told.GetString() is { Length: > 0 } text ? Shown(text) : null;
        return word.GetString() switch
        {
            "go" => new(asked.AttemptId, HookDecision.Go, reason ?? "it said go"),
            "wait" => new(asked.AttemptId, HookDecision.Wait, reason ?? "it said wait"),
            "stop" => new(asked.AttemptId, HookDecision.Stop, reason ?? "it said stop"),
            var other => Failed(asked, $"{url.Host} answered the decision '{Shown(other!)}', which is none of 'go', 'wait' and 'stop'"),
        };
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (body.Length <= MostBody && await stream.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static HookAnswered Failed(AskHook asked, string why) => new(asked.AttemptId, HookDecision.Failed, why);

    /// <summary>What a stranger says, on one line and not at any length.</summary>
    private static string Shown(string text)
    {
        var line = new string([.. text.Take(MostReason).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length > MostReason ? line + "…" : line;
    }
}
