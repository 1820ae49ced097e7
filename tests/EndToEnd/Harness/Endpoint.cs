using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EndToEnd.Harness;

/// <summary>Somebody who is asked by hooks: an HTTP server of a test's own.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<(string Path, JsonObject Question)> asked = new();
    private readonly Func<string, int, string> answers;
    private readonly Task serving;

    /// <param name="answers">The body of the answer at a path to the question of that number there, from 1.</param>
    public Endpoint(Func<string, int, string> answers)
    {
        this.answers = answers;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}"));
        }

        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What came at a path, in order.</summary>
    public IReadOnlyList<JsonObject> At(string path) => [.. asked.Where(each => each.Path == path).Select(each => each.Question)];

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            using var body = new StreamReader(context.Request.InputStream);
            asked.Enqueue((path, JsonNode.Parse(await body.ReadToEndAsync())!.AsObject()));
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(answers(path, At(path).Count)), willBlock: false);
        }
    }
}
