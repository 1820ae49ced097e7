using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Integrations.Tests.Metrics;

internal sealed record RawRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A real HTTP server on a free loopback port that answers what a test tells it to, byte by byte if need be.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;

    public RawServer()
    {
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    public string Url { get; }

    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    /// <summary>Writes the answer; the connection is closed behind it.</summary>
    public Func<RawRequest, Stream, CancellationToken, Task> Answer { get; set; } = (_, stream, _) => SendAsync(stream, 500, "No test has said what to answer.");

    public void Says(string body, int status = 200, string type = "application/json", string more = "") => Answer = (_, stream, _) => SendAsync(stream, status, body, type, more);

    public static async Task SendAsync(Stream stream, int status, string body, string type = "application/json", string more = "")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        await WriteAsync(stream, $"HTTP/1.1 {status} As said\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n{more}\r\n");
        await stream.WriteAsync(bytes);
    }

    public static Task WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(end.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                if (await ReadAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    await Answer(request, stream, end.Token);
                    await stream.FlushAsync();
                    client.Client.Shutdown(SocketShutdown.Send);
                    // Who asked closes first: a connection closed with unread bytes is reset, and the answer lost with it.
                    await stream.CopyToAsync(Stream.Null, end.Token);
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Who asked has gone away, or the test is over.
            }
        }
    }

    private async Task<RawRequest?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, end.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, end.Token);
        return new RawRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }
}
