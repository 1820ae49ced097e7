using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Integrations.Git;

namespace Slipway.Server.Tests.Secrets;

/// <summary>A Git host of its own: one repository, over https for who knows the token, served by the real git. While git asks, its command lines are looked at.</summary>
internal sealed class GitHost : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-githost-").FullName;
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly WebApplication _app;

    private GitHost()
    {
        MakeRepository();
        var serving = new GitServing(new GitMirrors(_root, TimeProvider.System, new NoAccess()), TimeProvider.System);
        var certificate = MakeCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(context => AnswerAsync(context, serving));
    }

    public string Token { get; set; } = "tok-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string User { get; set; } = "git";

    public string Commit { get; private set; } = "";

    public string Folder => Path.Combine(_root, "shop.git");

    public int Port { get; private set; }

    public string Url => $"https://127.0.0.1:{Port}/shop.git";

    /// <summary>What came in the header, decoded.</summary>
    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>Command lines of this machine in which the token stood.</summary>
    public IReadOnlyCollection<string> SeenOnCommandLines => _seen;

    /// <summary>Another place that every request is sent on to.</summary>
    public string? RedirectTo { get; set; }

    public static async Task<GitHost> StartAsync()
    {
        var host = new GitHost();
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        host.Port = new Uri(host._app.Urls.Single()).Port;
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context, GitServing serving)
    {
        var given = context.Request.Headers.Authorization.ToString();
        if (given.StartsWith("Basic ", StringComparison.Ordinal))
        {
            Authorizations.Enqueue(Encoding.UTF8.GetString(Convert.FromBase64String(given[6..])));
        }

        LookAtCommandLines();
        if (RedirectTo is { } elsewhere)
        {
            context.Response.Redirect(elsewhere + context.Request.Path + context.Request.QueryString);
        }
        else if (!Authorizations.TryPeek(out _) || given.Length == 0 || Encoding.UTF8.GetString(Convert.FromBase64String(given[6..])) != $"{User}:{Token}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            await context.Response.WriteAsync($"no entry with {given}");
        }
        else if (context.Request.Path == "/shop.git/info/refs")
        {
            context.Response.ContentType = GitServing.AdvertisementType;
            await serving.AdvertiseAsync("shop", context.Request.Headers["Git-Protocol"], context.Response.Body, context.RequestAborted);
        }
        else
        {
            context.Response.ContentType = GitServing.ResultType;
            await using var body = context.Request.Headers.ContentEncoding == "gzip" ? new System.IO.Compression.GZipStream(context.Request.Body, System.IO.Compression.CompressionMode.Decompress) : context.Request.Body;
            await serving.AnswerAsync("shop", context.Request.Headers["Git-Protocol"], body, context.Response.Body, context.RequestAborted);
        }
    }

    private void LookAtCommandLines()
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(process, "cmdline")) is { } line && line.Contains(Token, StringComparison.Ordinal))
                {
                    _seen.Enqueue(line);
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // A process that has ended shows nothing any more.
            }
        }
    }

    private void MakeRepository()
    {
        var work = Directory.CreateDirectory(Path.Combine(_root, "work")).FullName;
        File.WriteAllText(Path.Combine(work, "slipway.yaml"), "service: shop\nrun: { command: ./run }\npipeline: { jobs: { build: { steps: [ { run: make } ] } } }\n");
        Git(work, "init", "--quiet", "--initial-branch", "main");
        Git(work, "add", "--all");
        Git(work, "commit", "--quiet", "--message", "Open the shop");
        Commit = Git(work, "rev-parse", "HEAD");
        Git(_root, "clone", "--quiet", "--bare", work, Folder);
    }

    internal static string Git(string folder, params string[] arguments) => GitCommand.Run(folder, arguments);

    /// <summary>Trusted by every git of this process's: they are told where its authority is.</summary>
    private X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var authority = Path.Combine(_root, "authority.pem");
        File.WriteAllText(authority, made.ExportCertificatePem());
        Environment.SetEnvironmentVariable("GIT_SSL_CAINFO", authority);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    internal sealed class NoAccess : ISourceAccess
    {
        public Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel) => Task.FromResult<SourceAccess?>(null);
    }
}
