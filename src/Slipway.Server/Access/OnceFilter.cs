using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Reads <c>Idempotency-Key</c> and makes the fingerprint of the request that it stands for.</summary>
internal static class OnceFilter
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 200;

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Asking>() is { } asking && context.Request.Headers.TryGetValue(Header, out var values))
        {
            var key = values.ToString();
            if (values.Count != 1 || key.Length is 0 or > LongestKey || !key.All(c => c is > ' ' and <= '~'))
            {
                await ApiProblem.Invalid($"An {Header} has 1 to {LongestKey} visible ASCII characters.", "Use a random one, such as a UUID.", "invalidIdempotencyKey").ExecuteAsync(context);
                return;
            }

            asking.RawKey = key;
            if (context.GetEndpoint()?.Metadata.GetMetadata<ReleaseUploadBody>() is null)
            {
                asking.Key = asking.KeyFor(await FingerprintAsync(context.Request, context.RequestAborted));
            }
        }

        await next(context);
    }

    private static async Task<string> FingerprintAsync(HttpRequest request, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));

        // Small by the server's limit on bodies, so it stays in memory.
        request.EnableBuffering(ApiLimits.MostBodyBytes, ApiLimits.MostBodyBytes);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
