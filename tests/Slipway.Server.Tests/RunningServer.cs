using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Storage.Sqlite;

namespace Slipway.Server.Tests;

/// <summary>A real server on a port of its own, with a store and a data directory of its own, and clients for its identities.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly TemporaryFolder data;
    private readonly List<HttpClient> clients = [];
    private long markedUpTo;

    private RunningServer(TemporaryFolder folder) => data = folder;

    public required SlipwayServer Server { get; init; }

    public required FaultyStore Store { get; init; }

    public required SqliteStore Database { get; init; }

    public required ManualTime Time { get; init; }

    public string Data => data.Path;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A part of the composed server.</summary>
    public T Part<T>() where T : notnull => Server.Parts.GetRequiredService<T>();

    public static async Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? configure = null, Action<IEndpointRouteBuilder>? moreRoutes = null)
    {
        var time = new ManualTime();
        var folder = new TemporaryFolder();
        var database = await SqliteStore.OpenAsync(Path.Combine(folder.Path, "slipway.db"), time);
        var store = new FaultyStore(database);
        var options = new ServerOptions { DataDirectory = folder.Path, Port = 0, Time = time, WebRoot = Path.Combine(folder.Path, "wwwroot"), Logging = new TestLog() };
        var parts = new ServerParts { Store = store, Jobs = database, Tests = database, Platform = new Platform(Definition()) };
        try
        {
            var server = await SlipwayServer.StartAsync(configure?.Invoke(options) ?? options, parts, moreRoutes, null, Cancel);
            var running = new RunningServer(folder) { Server = server, Store = store, Database = database, Time = time };
            running.Anonymous = running.Client(null);
            running.Admin = running.Client((await File.ReadAllTextAsync(Path.Combine(folder.Path, TokenFile.Admin), Cancel)).Trim());
            return running;
        }
        catch
        {
            await database.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A client without cookies or redirects, so that tests see what is sent.</summary>
    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Server.Url, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        clients.Add(client);
        return client;
    }

    public async Task<string> TokenOfAsync(Role role, string? name = null) =>
        (await Server.Parts.GetRequiredService<Slipway.Engine.Access.LocalIdentities>().IssueAsync(name ?? Roles.NameOf(role) + "-identity", name ?? Roles.NameOf(role), role, "test", TimeSpan.FromDays(1), role == Role.Agent ? name ?? "one" : null, Cancel)).Secret;

    public async Task<HttpClient> AsAsync(Role role, string? name = null) => Client(await TokenOfAsync(role, name));

    /// <summary>As <see cref="AsAsync"/>, while the store takes no writes from anybody else.</summary>
    public async Task<HttpClient> AsAsyncWithFaultsOff(Role role)
    {
        var fault = Store.WriteFault;
        Store.WriteFault = null;
        var client = await AsAsync(role);
        Store.WriteFault = fault;
        return client;
    }

    /// <summary>The sentences of the ledger, once there are so many: entries get their index a moment after the answer.</summary>
    public async Task<IReadOnlyList<string>> SentencesAsync(string query, int count)
    {
        while (true)
        {
            var items = (await Admin.SendAsync("GET", "/api/v1/ledger/entries?" + query).JsonAsync())["items"]!.AsArray();
            if (items.Count >= count)
            {
                return [.. items.Select(e => e!["text"]!.GetValue<string>())];
            }

            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>The ledger's head once all that was appended before has its index.</summary>
    public async Task<long> SettledHeadAsync()
    {
        await Store.AppendAsync(new Append { Facts = [new Fact("test.marked", new FactSubject(), Fact.Slipway, [])] }, Cancel);
        while (true)
        {
            var head = Store.LedgerHead;
            if (await Store.ReadLedgerAsync(Math.Max(0, head - 50), 100, new LedgerFilter(Types: ["test.marked"]), Cancel) is { Count: > 0 } marks && marks[^1].Index > markedUpTo)
            {
                return markedUpTo = marks[^1].Index;
            }

            await Task.Delay(20, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }

        await Server.StopAsync(Cancel);
        await Server.DisposeAsync();
        await Database.DisposeAsync();
        data.Dispose();
    }

    private static PlatformDefinition Definition() => new()
    {
        Environments = [new EnvironmentDefinition { Name = "dev" }, new EnvironmentDefinition { Name = "prod", After = ["dev"] }],
    };
}

/// <summary>Requests as tests write them.</summary>
internal static class Requests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> SendAsync(this HttpClient client, string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return client.SendAsync(request, Cancel);
    }

    public static async Task<JsonObject> JsonAsync(this Task<HttpResponseMessage> sending, int status = 200)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The problem document; checks all that every one must have.</summary>
    public static async Task<ProblemDocument> ProblemAsync(this Task<HttpResponseMessage> sending, int status, string code)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize(text, ApiJson.Of<ProblemDocument>())!;
        problem.Status.ShouldBe(status);
        problem.Code.ShouldBe(code, text);
        problem.Title.ShouldNotBeNullOrWhiteSpace();
        problem.NextStep.ShouldNotBeNullOrWhiteSpace();
        text.ShouldNotContain("   at ");
        text.ShouldNotContain("Slipway.", Case.Sensitive);
        return problem;
    }

    public static async Task StatusAsync(this Task<HttpResponseMessage> sending, int status)
    {
        using var response = await sending;
        ((int)response.StatusCode).ShouldBe(status, await response.Content.ReadAsStringAsync(Cancel));
    }
}
