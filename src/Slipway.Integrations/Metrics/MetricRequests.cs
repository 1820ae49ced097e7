using System.Net.Sockets;
using System.Text;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;
using Slipway.Integrations.Egress;

namespace Slipway.Integrations.Metrics;

/// <summary>An answer as it came, whole.</summary>
internal sealed record MetricReply(int Status, ReadOnlyMemory<byte> Body);

/// <summary>Asks sources over HTTP: within bounds, again where that may help, with a note of every try.</summary>
internal sealed class MetricRequests(EgressClient client, TimeProvider time)
{
    private const int MostWords = 160;

    /// <param name="make">Makes the request of a try.</param>
    /// <param name="read">Reads an answer of whatever status that is no redirection.</param>
    public async Task<MetricAnswer> AskAsync(MetricSourceDefinition source, Uri origin, Func<HttpRequestMessage> make, Func<MetricReply, MetricAnswer> read, CancellationToken cancel)
    {
        var begin = time.GetTimestamp();
        var tries = new List<MetricTry>();
        var wait = Limits.MetricFirstWait;
        while (true)
        {
            var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
            var left = Limits.MetricDeadline - time.GetElapsedTime(begin, started);
            var timeout = left < source.Timeout ? TimeSpan.FromTicks(Math.Max(left.Ticks, TimeSpan.TicksPerMillisecond)) : source.Timeout;
            var (answer, words) = await TryAsync(source, origin, make, read, timeout, cancel);
            tries.Add(new MetricTry(at, time.GetElapsedTime(started), words));
            var over = time.GetElapsedTime(begin) + wait >= Limits.MetricDeadline;
            if (answer is not MetricAnswer.Failed { Retryable: true } || tries.Count > source.Retries || over)
            {
                return answer with { Tries = tries };
            }

            await Task.Delay(wait, time, cancel);
            wait = wait * 2 < Limits.MetricLongestWait ? wait * 2 : Limits.MetricLongestWait;
        }
    }

    private async Task<(MetricAnswer Answer, string Words)> TryAsync(
        MetricSourceDefinition source, Uri origin, Func<HttpRequestMessage> make, Func<MetricReply, MetricAnswer> read, TimeSpan timeout, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var place = origin.Authority;
        var answering = false;
        try
        {
            using var request = make();
            foreach (var (name, value) in source.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            request.Headers.TryAddWithoutValidation("User-Agent", "slipway");
            using var response = await client.SendAsync(origin, request, either.Token);
            answering = true;
            var status = (int)response.StatusCode;
            if (status is >= 300 and < 400)
            {
                var target = response.Headers.Location is { } location ? $" to {Shown(location.OriginalString)}" : "";
                return Told(new MetricAnswer.Failed($"{place} redirects{target} ({status}), and redirections are not followed. Write the address that it leads to into platform.yaml, if that is the source.", false));
            }

            if (response.Content.Headers.ContentEncoding.Count > 0)
            {
                return Told(new MetricAnswer.Failed($"{place} answered in the encoding {Shown(string.Join(", ", response.Content.Headers.ContentEncoding))}, which was not asked for.", false));
            }

            if (await BodyAsync(response, either.Token) is not { } body)
            {
                return Told(new MetricAnswer.Failed($"{place} answered with more than {Limits.MetricAnswerBytes / 1024 / 1024} MiB. Ask for less: a shorter window, a longer step, fewer series or fields.", false));
            }

            var answer = read(new MetricReply(status, body));
            return (answer, Words(answer) ?? $"{status}, {body.Length} bytes");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && late.IsCancellationRequested)
        {
            return Told(new MetricAnswer.Failed($"{place} {(answering ? "did not end its answer" : "did not answer")} within {MetricQuery.Duration(timeout)}.", true));
        }
        catch (EgressRefusedException refused)
        {
            return Told(new MetricAnswer.Failed(refused.Message, false));
        }
        catch (HttpRequestException failed)
        {
            return Told(Failure(failed, origin));
        }
        catch (IOException broken)
        {
            return Told(new MetricAnswer.Failed($"The connection to {place} broke in the middle of the answer: {Shown(broken.Message)}", true));
        }
    }

    /// <summary>Null: it is larger than what is read.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            if (body.Length + read > Limits.MetricAnswerBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static MetricAnswer.Failed Failure(HttpRequestException failed, Uri origin) => failed switch
    {
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => new($"Nothing listens at {origin.Authority}.", true),
        { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } } => new($"No host has the name {origin.Host}, or it cannot be looked up.", true),
        { HttpRequestError: HttpRequestError.SecureConnectionError } => new($"There is no secure connection to {origin.Authority}: {Shown(failed.InnerException?.Message ?? failed.Message)}", false),
        { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => new($"What {origin.Authority} answered is not HTTP as it should be: {Shown(failed.Message)}", false),
        _ => new($"There is no answer from {origin.Authority}: {Shown(failed.InnerException?.Message ?? failed.Message)}", true),
    };

    private static (MetricAnswer, string) Told(MetricAnswer.Failed failed) => (failed, failed.Why);

    private static string? Words(MetricAnswer answer) => answer switch { MetricAnswer.Failed failed => failed.Why, MetricAnswer.NoData none => none.Why, _ => null };

    /// <summary>The first words of what somebody else wrote, on one line and without control characters.</summary>
    public static string Shown(string text)
    {
        var words = string.Join(' ', string.Concat(text.Take(4 * MostWords).Select(c => char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= MostWords ? words : words[..MostWords] + "…";
    }

    public static string Shown(ReadOnlyMemory<byte> body) => Shown(Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 4 * MostWords)]));
}
