using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Slipway.Client.Http;

// Logs of jobs, whole and live.
public sealed partial class SlipwayClient
{
    /// <summary>A job's log from its beginning, as it is now: lines of Unix milliseconds, the step's index and text.</summary>
    /// <param name="attempt">Null: the last.</param>
    public async Task<Stream> JobLog(string run, string job, int? attempt = null, CancellationToken cancel = default)
    {
        var response = await Try(
            () => new HttpRequestMessage(HttpMethod.Get, LogOf(run, job, attempt)), options.RequestTimeout, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What a script of a rollout wrote, as it is now: lines as in a job's log.</summary>
    /// <param name="verification">Whose log is meant; null: the hook's.</param>
    /// <param name="point">The hook's point; null: the one at which it was asked last.</param>
    public async Task<Stream> RolloutLog(string rollout, string? verification, string? hook = null, string? point = null, string? step = null, CancellationToken cancel = default)
    {
        var where = $"{Prefix}rollouts/{E(rollout)}/logs{Query(("verification", verification), ("hook", hook), ("point", point), ("step", step))}";
        var response = await Try(() => new HttpRequestMessage(HttpMethod.Get, where), options.RequestTimeout, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// An attempt's log from its beginning, each line once and in order, as it is written; ends with <see cref="JobLogEvent.Ended"/>. An attempt that has yet to begin is waited for.
    /// A broken connection is opened again where it broke off. Throws <see cref="ServerUnreachableException"/> only if the server cannot be reached in the first place,
    /// <see cref="SlipwayApiException"/> if it refuses: with 404 where an attempt has ended that wrote no log.
    /// </summary>
    public async IAsyncEnumerable<JobLogEvent> FollowJobLog(string run, string job, int attempt, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (read, wait) = (0L, FirstReconnect);
        for (var connected = false; ; connected = true)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await Try(() => LiveLogOf(run, job, attempt, read), options.RequestTimeout, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            }
            catch (ServerUnreachableException) when (connected)
            {
                // A server that restarts is back soon; who follows asks for no more than to go on from there.
            }
            catch (SlipwayApiException exception) when (connected && exception.Status >= HttpStatusCode.InternalServerError)
            {
                // As above, half started.
            }

            if (response is not null)
            {
                using (response)
                {
                    await foreach (var (id, item) in LogEvents(response, cancel).ConfigureAwait(false))
                    {
                        wait = FirstReconnect;
                        if (item is JobLogEvent.Ended)
                        {
                            yield return item;
                            yield break;
                        }

                        if (id > read)
                        {
                            read = id;
                            yield return item;
                        }
                    }
                }
            }

            await Task.Delay(wait, options.Time, cancel).ConfigureAwait(false);
            wait = wait * 2 < SlowestReconnect ? wait * 2 : SlowestReconnect;
        }
    }

    private static string LogOf(string run, string job, int? attempt) => $"{Prefix}runs/{E(run)}/jobs/{E(job)}/log{Query(("attempt", attempt?.ToString(CultureInfo.InvariantCulture)))}";

    private static HttpRequestMessage LiveLogOf(string run, string job, int attempt, long read)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, LogOf(run, job, attempt));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (read > 0)
        {
            request.Headers.Add("Last-Event-ID", read.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    /// <summary>The events of one connection, each with the byte behind it; ends when it does, whatever the reason.</summary>
    private async IAsyncEnumerable<(long Id, JobLogEvent Item)> LogEvents(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var body = new SilenceBoundStream(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), options.EventSilence, options.Time);
        await using var items = SseParser.Create(body, ReadLogEvent).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException && !cancel.IsCancellationRequested)
            {
                // Broken in the middle: the caller opens it again after the last line.
                yield break;
            }
            catch (JsonException exception)
            {
                throw new ServerUnreachableException(Server, $"an event is not one of this API's ({exception.Message})", exception) { IsOther = true };
            }

            yield return (long.TryParse(items.Current.EventId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0, items.Current.Data);
        }
    }

    /// <summary>Lines of an event stand for carriage returns within the log's line.</summary>
    private static JobLogEvent ReadLogEvent(string type, ReadOnlySpan<byte> data) => type == "end"
        ? new JobLogEvent.Ended(JsonSerializer.Deserialize(data, ApiClientJson.Default.JobLogEnd) ?? throw new JsonException("The end is null."))
        : JobLogEvent.Line.Parse(data.Contains((byte)'\n') ? Encoding.UTF8.GetString(data).Replace('\n', '\r') : Encoding.UTF8.GetString(data));
}
