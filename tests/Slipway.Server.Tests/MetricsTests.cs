using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Core.Access;
using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Environments;

namespace Slipway.Server.Tests;

public sealed class MetricsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_of_the_platform_is_asked_through_the_server()
    {
        await using var running = await RunningServer.StartAsync();
        await using var source = await StartSourceAsync(running, """{"failed":1,"all":4,"points":[{"at":1,"value":2}]}""");
        var sources = (await running.Admin.SendAsync("GET", "/api/v1/metrics").JsonAsync())["items"]!.AsArray().ShouldHaveSingleItem()!;
        sources.ToJsonString().ShouldBe($$"""{"name":"orders","kind":"http","url":"{{AddressOf(source)}}/orders?v={\u007B{version}\u007D}","run":null,"timeout":"5s","retries":0}""".Replace("{\\u007B{version}\\u007D}", "{{version}}", StringComparison.Ordinal));

        var value = await AskAsync(running, """{"query":"","arguments":{"version":"1 2"},"value":"body.failed / body.all"}""");
        (value["outcome"]!.GetValue<string>(), value["value"]!.GetValue<double>()).ShouldBe(("value", 0.25));
        value["tries"]!.AsArray().ShouldHaveSingleItem()!["text"]!.GetValue<string>().ShouldStartWith("200, ");

        var failed = await AskAsync(running, """{"arguments":{"version":"1"}}""");
        (failed["outcome"]!.GetValue<string>(), failed["retryable"]!.GetValue<bool>()).ShouldBe(("failed", false));
        failed["why"]!.GetValue<string>().ShouldContain("a map without the key \"value\"");

        var window = await AskAsync(running, """{"arguments":{"version":"1"},"range":"5m","step":"1m","value":"body.points"}""");
        window["why"]!.GetValue<string>().ShouldContain("outside of the window");
        var nothing = await AskAsync(running, """{"arguments":{"version":"1"},"value":"null"}""");
        nothing["outcome"]!.GetValue<string>().ShouldBe("noData");
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Deployer)]
    [InlineData(Role.Approver)]
    public async Task Nobody_but_an_admin_makes_the_server_ask(Role role)
    {
        await using var running = await RunningServer.StartAsync();
        await using var source = await StartSourceAsync(running, "7");
        var other = await running.AsAsync(role);
        var problem = await other.SendAsync("POST", "/api/v1/metrics/orders/query", """{"arguments":{"version":"1"}}""").ProblemAsync(403, "notAllowed");
        (problem.Detail!, problem.NextStep!).ShouldSatisfyAllConditions(told => told.Item1.ShouldContain("askSources"), told => told.Item2.ShouldContain("'admin'"), told => told.Item2.ShouldNotContain(","));
        (await AskAsync(running, """{"arguments":{"version":"1"}}"""))["value"]!.GetValue<double>().ShouldBe(7);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_told_with_its_place()
    {
        await using var running = await RunningServer.StartAsync();
        await using var source = await StartSourceAsync(running, "1");
        (await PostAsync(running, "orders", """{"query":"a={{vresion}}"}""").ProblemAsync(400, "invalidQuery")).Problems!.ShouldHaveSingleItem().ToString().ShouldContain("There is no placeholder 'vresion'");
        (await PostAsync(running, "orders", """{"value":"bdy"}""").ProblemAsync(400, "invalidExpression")).Problems!.ShouldHaveSingleItem().Column.ShouldBe(1);
        await PostAsync(running, "orders", """{"range":"soon"}""").ProblemAsync(400, "invalidDuration");
        (await PostAsync(running, "orders", """{"arguments":{"vresion":"1"}}""").ProblemAsync(400, "invalidQuestion")).Detail!.ShouldStartWith("There is no argument 'vresion'.");
        (await PostAsync(running, "orders", """{"range":"9999d","step":"1h"}""").ProblemAsync(400, "invalidQuestion")).Detail!.ShouldContain("more than 10000 steps");
        (await PostAsync(running, "orders", """{"range":"1h","step":"1ms"}""").ProblemAsync(400, "invalidQuestion")).Detail!.ShouldStartWith("The step must be from 100ms to 86400s");
        var without = await PostAsync(running, "orders", """{"query":"a=b\u0026s={{service}}\u0026v={{version}}"}""").ProblemAsync(400, "missingValues");
        without.Problems!.Select(p => $"{p.File}:{p.Line}:{p.Column}: {p.Message}").ShouldBe(
            [$"url:1:{AddressOf(source).Length + 11}: There is no value for {{{{version}}}}.", "query:1:7: There is no value for {{service}}.", "query:1:21: There is no value for {{version}}."]);
        (without.Detail, without.NextStep).ShouldBe(("orders cannot be asked without values for its placeholders. Nobody was asked.", "--set version=1.2.3 --set service=NAME (`arguments` in the API)"));
        var missing = await PostAsync(running, "odrers", "{}").ProblemAsync(404, "notFound");
        (missing.Detail, missing.NextStep).ShouldBe(("There is no metric source 'odrers'.", "Did you mean 'orders'?"));
    }

    [Fact]
    public async Task Sources_are_those_of_the_platform_as_it_is_now()
    {
        await using var running = await RunningServer.StartAsync();
        await PostAsync(running, "orders", "{}").ProblemAsync(404, "notFound");
        await using var source = await StartSourceAsync(running, "7");
        (await AskAsync(running, """{"arguments":{"version":"1"}}"""))["value"]!.GetValue<double>().ShouldBe(7);
        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Metrics = [] });
        await PostAsync(running, "orders", "{}").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task Only_who_runs_the_installation_may_ask()
    {
        await using var running = await RunningServer.StartAsync();
        await (await running.AsAsync(Role.Deployer)).SendAsync("GET", "/api/v1/metrics").ProblemAsync(403, "notAllowed");
        await (await running.AsAsync(Role.Deployer)).SendAsync("POST", "/api/v1/metrics/orders/query", "{}").ProblemAsync(403, "notAllowed");
    }

    private static Task<JsonObject> AskAsync(RunningServer running, string body) => PostAsync(running, "orders", body).JsonAsync();

    private static Task<HttpResponseMessage> PostAsync(RunningServer running, string source, string body) => running.Admin.SendAsync("POST", $"/api/v1/metrics/{source}/query", body);

    private static async Task<WebApplication> StartSourceAsync(RunningServer running, string body)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(body));
        await app.StartAsync(Cancel);
        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Metrics = [new MetricSourceDefinition { Name = "orders", Kind = MetricSourceKind.Http, Url = $"{AddressOf(app)}/orders?v={{{{version}}}}", Retries = 0 }] });
        return app;
    }

    private static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
