using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

// The ledger, live.
public sealed partial class SlipwayClient
{
    private static readonly TimeSpan FirstReconnect = TimeSpan.FromMilliseconds(250), SlowestReconnect = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ledger entries as they come, each once and in order, until cancelled. A broken connection is opened again where it broke off. Throws
    /// <see cref="ServerUnreachableException"/> only if the server cannot be reached in the first place, <see cref="SlipwayApiException"/> if it refuses.
    /// </summary>
    /// <param name="after">Entries above this index; null: from now on.</param>
    public async IAsyncEnumerable<LedgerEntryView> Events(LedgerFilter filter, long? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var wait = FirstReconnect;
        for (var connected = false; ; connected = true)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await Try(() => Subscribe(filter, after), options.RequestTimeout, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
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
                    await foreach (var entry in Entries(response, cancel).ConfigureAwait(false))
                    {
                        if (after is null || entry.Index > after)
                        {
                            after = entry.Index;
                            wait = FirstReconnect;
                            yield return entry;
                        }
                    }
                }
            }

            await Task.Delay(wait, options.Time, cancel).ConfigureAwait(false);
            wait = wait * 2 < SlowestReconnect ? wait * 2 : SlowestReconnect;
        }
    }

    private static HttpRequestMessage Subscribe(LedgerFilter filter, long? after)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Get, $"{Prefix}events{Query(("service", filter.Service), ("environment", filter.Environment), ("promotion", filter.Promotion))}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (after is { } index)
        {
            request.Headers.Add("Last-Event-ID", index.ToString());
        }

        return request;
    }

    /// <summary>The entries of one connection; ends when it does, whatever the reason.</summary>
    private async IAsyncEnumerable<LedgerEntryView> Entries(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var body = new SilenceBoundStream(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), options.EventSilence, options.Time);
        await using var items = SseParser.Create(body, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize(data, ApiClientJson.Default.LedgerEntryView))
            .EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
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
                // Broken in the middle: the caller opens it again after the last entry.
                yield break;
            }
            catch (JsonException exception)
            {
                throw new ServerUnreachableException(Server, $"an event is not one of this API's ({exception.Message})", exception) { IsOther = true };
            }

            if (items.Current.Data is { } entry)
            {
                yield return entry;
            }
        }
    }
}
