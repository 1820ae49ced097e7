using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

/// <summary>
/// The HTTP API, typed. Every method throws <see cref="SlipwayApiException"/> when the server refuses and <see cref="ServerUnreachableException"/> when no answer
/// comes. A change carries an idempotency key of its own, so trying it again after a broken connection cannot do it twice.
/// </summary>
public sealed partial class SlipwayClient : IDisposable
{
    private const string Prefix = "api/v1/";
    private const int LargestProblem = 1024 * 1024;
    private readonly HttpClient http;
    private readonly SlipwayClientOptions options;

    public SlipwayClient(SlipwayClientOptions options)
    {
        this.options = options;
        var root = options.Server.AbsoluteUri;
        // No proxy, cookies or redirects: a bearer token must reach this server and no other.
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            Expect100ContinueTimeout = TimeSpan.FromSeconds(2),
        })
        {
            BaseAddress = new Uri(root.EndsWith('/') ? root : root + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("slipway", null));
        if (options.Token is { } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Uri Server => options.Server;

    public void Dispose() => http.Dispose();

    private Task<T> Get<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Read(() => new HttpRequestMessage(HttpMethod.Get, Prefix + path), type, cancel);

    private Task<T> Post<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Read(Change(HttpMethod.Post, path, () => Json(body, bodyType)), type, cancel);

    private async Task Send(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancel)
    {
        using var response = await Try(Change(method, path, content), options.RequestTimeout, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
    }

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Makes the request of a change, over and over with the same key.</summary>
    private static Func<HttpRequestMessage> Change(HttpMethod method, string path, Func<HttpContent?> content)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return () => new HttpRequestMessage(method, Prefix + path) { Content = content(), Headers = { { "Idempotency-Key", key } } };
    }

    private async Task<T> Read<T>(Func<HttpRequestMessage> request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await Try(request, options.RequestTimeout, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, type, cancel).ConfigureAwait(false);
    }

    private async Task<T> Body<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, cancel).ConfigureAwait(false)
                ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException exception)
        {
            throw new ServerUnreachableException(Server, $"the answer is not one of this API's ({exception.Message})", exception) { IsOther = true };
        }
    }

    /// <summary>Sends until an answer comes or the tries are used up. The answer is a success; a refusal is thrown.</summary>
    private async Task<HttpResponseMessage> Try(Func<HttpRequestMessage> make, TimeSpan timeout, HttpCompletionOption completion, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = make();
            using var timer = new CancellationTokenSource(timeout, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
            try
            {
                var response = await http.SendAsync(request, completion, either.Token).ConfigureAwait(false);
                if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable && attempt < options.RetryAfter.Count)
                {
                    response.Dispose();
                }
                else
                {
                    return response.IsSuccessStatusCode ? response : throw await Refusal(response, either.Token).ConfigureAwait(false);
                }
            }
            catch (HttpRequestException exception) when (exception.StatusCode is null)
            {
                if (attempt >= options.RetryAfter.Count || exception.HttpRequestError == HttpRequestError.NameResolutionError)
                {
                    throw new ServerUnreachableException(Server, Describe(exception), exception);
                }
            }
            catch (OperationCanceledException exception) when (!cancel.IsCancellationRequested)
            {
                throw new ServerUnreachableException(Server, $"no answer within {timeout.TotalSeconds:0.#} s", exception);
            }

            await Task.Delay(options.RetryAfter[attempt], options.Time, cancel).ConfigureAwait(false);
        }
    }

    private static string Describe(HttpRequestException exception) => exception switch
    {
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "nothing listens there",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "no host has that name",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => $"no secure connection: {exception.InnerException?.Message ?? exception.Message}",
        { InnerException: SocketException socket } => socket.Message,
        { InnerException: { } inner } => $"the connection broke: {inner.Message}",
        _ => exception.Message,
    };

    private static async Task<SlipwayApiException> Refusal(HttpResponseMessage response, CancellationToken cancel)
    {
        using (response)
        {
            var status = (int)response.StatusCode;
            ProblemDocument? problem = null;
            if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
            {
                await response.Content.LoadIntoBufferAsync(LargestProblem, cancel).ConfigureAwait(false);
                try
                {
                    problem = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false), ApiClientJson.Default.ProblemDocument);
                }
                catch (JsonException exception)
                {
                    problem = new() { Title = response.ReasonPhrase ?? "Refused", Status = status, Detail = $"The server answered {status} with a document that is no problem document ({exception.Message})." };
                }
            }

            return new(problem ?? new()
            {
                Title = response.ReasonPhrase ?? "Refused",
                Status = status,
                Detail = $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} was answered with {status} {response.ReasonPhrase} and no reason.",
            });
        }
    }

    /// <summary>One path segment.</summary>
    private static string E(string segment) => Uri.EscapeDataString(segment);

    /// <summary><c>?name=value&amp;…</c> of those that have a value.</summary>
    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = "";
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                text += $"{(text.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
            }
        }

        return text;
    }
}
