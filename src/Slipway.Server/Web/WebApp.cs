using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Slipway.Server.Web;

/// <summary>Serves the built web app from a folder: its files, precompressed where they are, and <c>index.html</c> for the app's own paths. Open to anyone: it holds no data.</summary>
internal sealed class WebApp
{
    private const string NoncePlaceholder = "__CSP_NONCE__";
    private static readonly (string Encoding, string Suffix)[] Encodings = [("br", ".br"), ("gzip", ".gz")];
    private readonly PhysicalFileProvider? files;
    private readonly FileExtensionContentTypeProvider types = new();

    public WebApp(ServerOptions options)
    {
        var root = options.WebRoot ?? Path.Combine(AppContext.BaseDirectory, "wwwroot");
        files = Directory.Exists(root) ? new PhysicalFileProvider(Path.GetFullPath(root)) : null;
        types.Mappings[".woff2"] = "font/woff2";
    }

    /// <summary>Answers what no endpoint does; passes on what is not the web app's.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.GetEndpoint() is not null || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || IsServers(request.Path))
        {
            await next(context);
            return;
        }

        var path = request.Path.Value ?? "/";
        if (path != "/index.html" && files?.GetFileInfo(path) is { Exists: true, IsDirectory: false } file && types.TryGetContentType(path, out var type))
        {
            await SendFileAsync(context, path, file, type);
        }
        else if (IsFile(path))
        {
            await next(context);
        }
        else
        {
            await SendPageAsync(context);
        }
    }

    /// <summary>Files lie at the root and under /assets; the app's own paths may end in a version, which has dots too.</summary>
    private static bool IsFile(string path) =>
        path.StartsWith("/assets/", StringComparison.Ordinal) || (Path.HasExtension(path) && path.LastIndexOf('/') == 0 && path != "/index.html");

    private static bool IsServers(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/agent") || path.StartsWithSegments("/openapi");

    private async Task SendFileAsync(HttpContext context, string path, IFileInfo file, string type)
    {
        var response = context.Response;
        response.ContentType = type;
        response.Headers.Vary = HeaderNames.AcceptEncoding;

        // Vite names what is under /assets by its content.
        response.Headers.CacheControl = path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        foreach (var (encoding, suffix) in Encodings)
        {
            if (accepted.Any(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0) && files!.GetFileInfo(path + suffix) is { Exists: true } packed)
            {
                response.Headers.ContentEncoding = encoding;
                file = packed;
                break;
            }
        }

        response.ContentLength = file.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.SendFileAsync(file, context.RequestAborted);
        }
    }

    private async Task SendPageAsync(HttpContext context)
    {
        var response = context.Response;
        var index = files?.GetFileInfo("/index.html");
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (index is not { Exists: true })
        {
            SecurityHeaders.UseBarePage(response);
            response.StatusCode = StatusCodes.Status404NotFound;
            await response.WriteAsync("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Slipway</title><h1>Slipway</h1><p>This build has no web app. The API is described under <a href=\"/docs\">/docs</a>.</p></html>", context.RequestAborted);
            return;
        }

        var nonce = NewNonce();
        SecurityHeaders.UseWebApp(response, nonce);
        using var reader = new StreamReader(index.CreateReadStream(), Encoding.UTF8);
        var page = (await reader.ReadToEndAsync(context.RequestAborted)).Replace(NoncePlaceholder, nonce, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(page);
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
}
