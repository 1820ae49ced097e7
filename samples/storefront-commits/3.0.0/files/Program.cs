using Storefront;

// Slipway says where to listen.
var host = Environment.GetEnvironmentVariable("HOST") ?? "127.0.0.1";
var port = Environment.GetEnvironmentVariable("PORT") ?? "8080";

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://{host}:{port}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
var behaviour = Behaviour.Read(Path.Combine(AppContext.BaseDirectory, "release.json"));

app.MapGet("/healthz", () => Results.Text("ok"));

app.MapGet("/", async () =>
{
    await behaviour.Apply();
    return Results.Content(Page.Render(behaviour.Version, Members.PricesFor(Visits.Next())), "text/html; charset=utf-8");
});

app.MapGet("/api/products", async () =>
{
    await behaviour.Apply();
    return Results.Text(Catalog.ToJson(Members.PricesFor(Visits.Next())), "application/json");
});

app.Run();
