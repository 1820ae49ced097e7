using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Engine.Hooks;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Hooks;

/// <summary>Takes deliveries: first whether it is right, by its bytes alone; only then what it says.</summary>
internal sealed class HookIntake(HookDesk desk, TimeProvider time)
{
    private const int DeepestJson = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), OldestSignature = TimeSpan.FromMinutes(5);

    /// <summary>Stands for the secret of a service that is not there or has no webhook, so that its deliveries are checked and refused like others.</summary>
    private static readonly string Nobody = KeptHooks.SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly FailuresByAddress failures = new(time);

    public async Task<IResult> TakeAsync(HttpContext context, HookSender sender, string? service)
    {
        var headers = context.Request.Headers;
        if (string.IsNullOrEmpty(service))
        {
            return Refused(context, ApiProblem.Invalid("The address names no service.", "Use the address that `slipway service source hook` printed: it ends with ?service=NAME.", "noService"));
        }

        if (!sender.IsSigned(headers))
        {
            return Refused(context, new ApiProblem(401, "notSigned", "Not signed", "The delivery is not signed.", $"It needs {sender.Needs}."));
        }

        if (await ReadAsync(context) is not { } body)
        {
            return new ApiProblem(408, "tooSlow", "Too slow", $"The body did not come within {Patience.TotalSeconds} s.", "Send it again.");
        }

        // Whatever else is wrong, the answer is the same: nobody learns here which services there are.
        var secret = await desk.SecretOfAsync(service, context.RequestAborted) ?? Nobody;
        if (!sender.IsRight(headers, body, secret))
        {
            return Refused(context, new ApiProblem(
                401, "wrongSignature", "Wrong signature", "No webhook of this server has made this signature, for this body and this service.",
                "Set the secret that `slipway service source hook` printed, for the service that the address names; `--rotate` makes another one."));
        }

        if (sender.SignedAt(headers) is { } at && (time.GetUtcNow() - at).Duration() > OldestSignature)
        {
            return new ApiProblem(401, "staleSignature", "Stale signature", $"It was signed at {at:yyyy-MM-dd HH:mm:ss} UTC, more than {OldestSignature.TotalMinutes} min from this server's time.", "See that the clocks of both are right.");
        }

        if (sender.WhyNoPush(headers) is { } nothing)
        {
            return Text(nothing);
        }

        if (PushOf(sender, body) is not { } push)
        {
            return ApiProblem.Invalid("The body is no JSON that says what was pushed.", "Choose the content type application/json where the webhook is set up.", "invalidJson");
        }

        var told = await desk.DeliverAsync(service, sender.Name, push, context.RequestAborted);
        return Text(told.Message, told.Looks ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    /// <summary>The body as it came; the server's bound on bodies holds. Null: it does not come.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(Patience);
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, late.Token);
            return body.ToArray();
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <returns>Null: it is nothing that this sender sends.</returns>
    private static PushTold? PushOf(HookSender sender, byte[] body)
    {
        if (body.Length == 0)
        {
            return sender.TakesNoBody ? new PushTold(null, null) : null;
        }

        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DeepestJson });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var name = sender.NameAt is var (owner, member) && root.TryGetProperty(owner, out var of) && of.ValueKind == JsonValueKind.Object ? TextOf(of, member) : null;
            return sender.NameAt is not null && (name is null || TextOf(root, "ref") is null) ? null : new PushTold(TextOf(root, "ref"), name);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement of, string member) => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// Refuses, and counts it. Who fails too often is told to wait; a right delivery is taken nevertheless: behind a proxy all come from one address, and to find out whether one is right
    /// costs no more than to turn it away.
    /// </summary>
    private ApiProblem Refused(HttpContext context, ApiProblem problem)
    {
        var address = context.Connection.RemoteIpAddress;
        if (failures.RetryAfter(address) is not { } wait)
        {
            failures.Failed(address);
            return problem;
        }

        var seconds = Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = ((int)seconds).ToString(CultureInfo.InvariantCulture);
        return new ApiProblem(429, "tooManyAttempts", "Too many attempts", "Too many wrong deliveries came from this address.", $"Wait {seconds} s, then send one with the right signature.");
    }

    private static ContentHttpResult Text(string message, int status = StatusCodes.Status200OK) => TypedResults.Text(message + "\n", "text/plain; charset=utf-8", null, status);
}
