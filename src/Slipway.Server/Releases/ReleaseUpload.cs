using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Slipway.Client.Artifacts;
using Slipway.Engine;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;
using Slipway.Engine.Services;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Releases;

/// <summary>Takes a release's upload: its fields into memory, its artifact straight to the disk, where it is looked through before it counts.</summary>
internal sealed class ReleaseUpload(ServerOptions options, IArtifactStore artifacts, ServiceCatalog services, ReleaseCatalog releases)
{
    private const int LongestBoundary = 200;
    private static readonly string[] KnownFields = ["version", "commit", "definition", "definitionFile", "notes"];

    public async Task<Outcome<CreatedRelease>> ReceiveAsync(string service, HttpRequest request, Asking asking, CancellationToken cancel)
    {
        if (BoundaryOf(request) is not { } boundary)
        {
            throw new BadHttpRequestException("An upload is multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);
        }

        // Asked before the body: who uploads to a service that is not there need not send gigabytes first.
        if (await services.FindAsync(service, cancel) is null)
        {
            return await services.MissingAsync(service, cancel);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxArtifactBytes + ApiLimits.UploadOverhead;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        IStagedArtifact? artifact = null;
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersLengthLimit = 8 * 1024, BodyLengthLimit = null };
            while (await NextAsync(reader, cancel) is { } section)
            {
                var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).ToString() : "";
                if (name == "artifact")
                {
                    if (artifact is not null)
                    {
                        return Twice(name);
                    }

                    artifact = await artifacts.StageAsync(section.Body, options.MaxArtifactBytes, cancel);
                }
                else if (!KnownFields.Contains(name))
                {
                    return Refusal.Invalid("unknownField", $"An upload has no field '{(name.Length > 50 ? name[..50] : name)}'.", $"Its fields are: {string.Join(", ", KnownFields)}, artifact.");
                }
                else if (!fields.TryAdd(name, await TextAsync(section.Body, cancel)))
                {
                    return Twice(name);
                }
            }

            return await UseAsync(service, fields, artifact, asking, cancel);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException { InnerException: null } and not BadHttpRequestException && !cancel.IsCancellationRequested)
        {
            return Refusal.Invalid("invalidUpload", "The multipart body is cut off or malformed.", "Send it again, with the parts that the API's description names.");
        }
        finally
        {
            if (artifact is not null)
            {
                await artifact.DisposeAsync();
            }
        }
    }

    private async Task<Outcome<CreatedRelease>> UseAsync(string service, Dictionary<string, string> fields, IStagedArtifact? artifact, Asking asking, CancellationToken cancel)
    {
        if (artifact is null || artifact.Bytes == 0)
        {
            return Refusal.Invalid("artifactMissing", artifact is null ? "The upload has no artifact." : "The artifact is empty.", "Send a tar or tar.gz with at least one file; `slipway release create` packs a directory by itself.");
        }

        if (!fields.TryGetValue("version", out var version))
        {
            return Refusal.Invalid("versionMissing", "The upload has no version.", "Add the field 'version', such as 1.4.0.");
        }

        InspectOutcome inspected;
        await using (var bytes = artifact.Open())
        {
            inspected = await Task.Run(() => ArtifactInspector.Inspect(bytes, null, cancel), cancel);
        }

        if (inspected is not InspectOutcome.Sound sound)
        {
            return Refusal.Invalid("artifactRefused", $"The artifact cannot be used: {inspected}.", "Pack it again from a plain directory; `slipway release create` does that by itself.");
        }

        // Kept before the release is made: a release whose artifact is missing must not exist; an artifact without a release is only wasted space.
        await artifact.KeepAsync(cancel);
        var asked = new NewRelease
        {
            Service = service, Version = version, Commit = NullIfEmpty(fields, "commit"), ArtifactDigest = artifact.Digest, ArtifactBytes = artifact.Bytes,
            Definition = NullIfEmpty(fields, "definition"), DefinitionFile = NullIfEmpty(fields, "definitionFile"), DefinitionInside = sound.Definition, Notes = NullIfEmpty(fields, "notes"),
        };
        return await releases.CreateAsync(asking.Actor, asked, asking.KeyFor(Fingerprint(asked)), cancel);
    }

    private static string Fingerprint(NewRelease asked) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', asked.Service, asked.Version, asked.Commit, asked.ArtifactDigest, asked.Definition, asked.Notes))));

    private static string? NullIfEmpty(Dictionary<string, string> fields, string name) => fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static Refusal Twice(string name) => Refusal.Invalid("fieldTwice", $"The field '{name}' comes twice.", "Send each field once.");

    private static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= LongestBoundary } boundary
            ? boundary.ToString()
            : null;

    private static Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancel) => reader.ReadNextSectionAsync(cancel);

    private static async Task<string> TextAsync(Stream body, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            if (memory.Length + read > ApiLimits.MostFieldBytes)
            {
                throw new BadHttpRequestException("A field of the upload is too large.", StatusCodes.Status413PayloadTooLarge);
            }

            memory.Write(buffer, 0, read);
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(memory.GetBuffer(), 0, (int)memory.Length).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new BadHttpRequestException("A field of the upload is not UTF-8.", StatusCodes.Status400BadRequest);
        }
    }
}
