using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Rollouts;

/// <summary>Carries out verifications on the new version's preview address.</summary>
public sealed class Verifier(TargetObservations observations, HttpClient http, TimeProvider time)
{
    private const int MostBody = 1024 * 1024;

    public async Task<VerificationFinished> RunAsync(RunVerification asked, bool inDoubt, CancellationToken cancel)
    {
        var verification = asked.Verification;
        if (verification.Http is not { } check)
        {
            var why = inDoubt ? "it was interrupted, and nobody knows whether it had an effect" : "scripts are not available in verify: use http";
            return Finished(asked, passed: false, why);
        }

        var port = observations.RoutesOf(asked.Lane).Select(r => r.PreviewPort).FirstOrDefault(p => p is not null);
        if (port is null)
        {
            return Finished(asked, passed: false, "the router opened no preview address");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), timeout, verification.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await GetAsync(asked, check, port.Value, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Finished(asked, passed: false, $"no answer within {Words.Of(verification.Timeout)}");
        }
        catch (HttpRequestException fault)
        {
            return Finished(asked, passed: false, $"GET {check.Path} failed: {fault.Message}");
        }
    }

    private async Task<VerificationFinished> GetAsync(RunVerification asked, HttpVerification check, int port, CancellationToken cancel)
    {
        using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{check.Path}"), HttpCompletionOption.ResponseHeadersRead, cancel);
        var version = response.Headers.TryGetValues("X-Slipway-Version", out var values) ? values.First() : null;
        if (version != asked.Version)
        {
            return Finished(asked, passed: false, $"GET {check.Path} was answered by {version ?? "something that is no version of this service"} instead of {asked.Version}");
        }

        if ((int)response.StatusCode != check.Status)
        {
            return Finished(asked, passed: false, $"GET {check.Path} answered {(int)response.StatusCode} instead of {check.Status}");
        }

        if (check.Contains is { } text && !await ContainsAsync(response, text, cancel))
        {
            return Finished(asked, passed: false, $"GET {check.Path} does not contain '{text}'");
        }

        return Finished(asked, passed: true, $"GET {check.Path} answered {check.Status}");
    }

    private static async Task<bool> ContainsAsync(HttpResponseMessage response, string text, CancellationToken cancel)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        var buffer = new char[MostBody];
        var read = await reader.ReadBlockAsync(buffer, cancel);
        return new string(buffer, 0, read).Contains(text, StringComparison.Ordinal);
    }

    private static VerificationFinished Finished(RunVerification asked, bool passed, string detail) => new(asked.AttemptId, asked.Verification.Name, passed, detail);
}
