using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.OpenApi;

namespace Slipway.Server;

/// <summary>A running server.</summary>
public sealed class SlipwayServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private SlipwayServer(WebApplication app, Uri url)
    {
        this.app = app;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<SlipwayServer> StartAsync(ServerOptions options, CancellationToken cancel = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Slipway.Server", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(options.Bind, options.Port));
        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        ApiDescription.Add(builder.Services);
        var app = builder.Build();
        ApiRoutes.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").OpenToAnyone("Describes what the published source does.");
        await app.StartAsync(cancel);
        var url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new SlipwayServer(app, url);
    }

    public Task StopAsync(CancellationToken cancel = default) => app.StopAsync(cancel);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
