using System.Text;
using System.Text.Json;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Rollouts;

/// <summary>Carries out verifications on the new version's preview address.</summary>
public sealed class Verifier(TargetObservations observations, HttpClient http, TimeProvider time)
{
    private const int MostBody = 1024 * 1024, MostShown = 100;

    /// <summary>
    /// Whether it is known where to ask. A router that has opened an address closes it only on command; a server that was started anew has not heard of it before the agent's next report.
    /// </summary>
    public bool KnowsWhere(RunVerification asked) => PortOf(asked) is not null;

    public async Task<VerificationFinished> RunAsync(RunVerification asked, CancellationToken cancel)
    {
        var verification = asked.Verification;
        if (verification.Http is not { } check)
        {
            return Finished(asked, passed: false, "it is no request");
        }

        var most = asked.Timeout ?? verification.Timeout;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), timeout, most, Timeout.InfiniteTimeSpan);
        try
        {
            var answer = await TryAsync(asked, check, timeout.Token);
            return Finished(asked, answer.Passed, answer.Detail);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Finished(asked, passed: false, $"GET {check.Path}: no answer within {Words.Of(most)}");
        }
    }

    private async Task<Answer> TryAsync(RunVerification asked, HttpVerification check, CancellationToken cancel)
    {
        if (PortOf(asked) is not { } port)
        {
            return new(false, "the router opened no preview address");
        }

        var began = time.GetTimestamp();
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{check.Path}"), HttpCompletionOption.ResponseHeadersRead, cancel);
            if (WrongHead(asked, check, response) is { } wrong)
            {
                return new(false, $"GET {check.Path} {wrong}");
            }

            var body = check is { Contains: null, Json: null, Latency: null } ? null : await BodyAsync(response, cancel);
            var took = time.GetElapsedTime(began);
            return WrongBody(check, response, body) is { } bad ? new(false, $"GET {check.Path} {bad}")
                : took > check.Latency ? new(false, $"GET {check.Path} took {Words.Of(took)}, longer than {Words.Of(check.Latency.Value)}")
                : new(true, $"GET {check.Path} answered {check.Status}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            // The answer may also break off in its body.
            return new(false, $"GET {check.Path} failed: {fault.Message}");
        }
    }

    private int? PortOf(RunVerification asked) => observations.RoutesOf(asked.Lane).Select(r => r.PreviewPort).FirstOrDefault(p => p is not null);

    private static string? WrongHead(RunVerification asked, HttpVerification check, HttpResponseMessage response)
    {
        if (HeaderOf(response, "X-Slipway-Version") is var version && version != asked.Version)
        {
            return $"was answered by {(version is null ? "something that is no version of this service" : Shown(version))} instead of {asked.Version}";
        }

        if ((int)response.StatusCode != check.Status)
        {
            return $"answered {(int)response.StatusCode} instead of {check.Status}";
        }

        foreach (var expected in check.Headers)
        {
            if (HeaderOf(response, expected.Name) is not { } value)
            {
                return $"has no header {expected.Name}";
            }

            if (!expected.Holds(value))
            {
                return $"has the header {expected.Name} '{Shown(value)}' instead of {expected}";
            }
        }

        return null;
    }

    /// <param name="body">At most one byte more than is looked at; null: nobody looks at it.</param>
    private static string? WrongBody(HttpVerification check, HttpResponseMessage response, byte[]? body)
    {
        if (check.Contains is { } text && !Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body!.Length, MostBody))).Contains(text, StringComparison.Ordinal))
        {
            return $"does not contain '{text}'";
        }

        if (check.Json is not { } condition)
        {
            return null;
        }

        var headers = response.Headers.Concat(response.Content.Headers).ToLookup(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value), StringComparer.Ordinal).ToDictionary(h => h.Key, h => string.Join(", ", h));
        if (!condition.SpeaksOf("body"))
        {
            return Undecided(condition, null, response, headers);
        }

        if (body!.Length > MostBody)
        {
            return "answered more than 1 MiB, which is not read as JSON";
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return Undecided(condition, json.RootElement, response, headers);
        }
        catch (JsonException fault)
        {
            return $"answered no JSON: {Shown(fault.Message)}";
        }
    }

    private static string? Undecided(Condition<AnswerFields> condition, JsonElement? body, HttpResponseMessage response, Dictionary<string, string> headers) =>
        condition.IsTrue(new(body, (int)response.StatusCode, headers), out var error) ? null
        : error is null ? $"does not fulfil {condition}"
        : $"cannot be held against {condition}: {error}";

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (body.Length <= MostBody && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, MostBody + 1 - body.Length)), cancel) is > 0 and var read)
        {
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static string Shown(string text) => text.Length <= MostShown ? text : text[..MostShown] + "…";

    private static VerificationFinished Finished(RunVerification asked, bool passed, string detail) => new(asked.AttemptId, asked.Verification.Name, passed, detail);

    private sealed record Answer(bool Passed, string Detail);
}
