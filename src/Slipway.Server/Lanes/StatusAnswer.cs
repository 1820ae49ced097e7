using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Slipway.Client.Api;
using Slipway.Server.Api;

namespace Slipway.Server.Lanes;

/// <summary>The board as the API answers it: a <see cref="StatusView"/> whose rows are JSON already.</summary>
internal sealed class StatusAnswer(IReadOnlyList<EnvironmentView> environments, IReadOnlyList<byte[]> rows, long ledgerIndex) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/json";
    private const int FlushAbove = 64 * 1024;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(StatusView), [ContentType]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = ContentType + "; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter);
        json.WriteStartObject();
        json.WritePropertyName(ApiJson.NameOf(nameof(StatusView.Environments)));
        JsonSerializer.Serialize(json, environments, ApiJson.Of<IReadOnlyList<EnvironmentView>>());
        json.WriteStartArray(ApiJson.NameOf(nameof(StatusView.Services)));
        foreach (var row in rows)
        {
            json.WriteRawValue(row, skipInputValidation: true);
            if (json.BytesPending + httpContext.Response.BodyWriter.UnflushedBytes > FlushAbove)
            {
                await json.FlushAsync(httpContext.RequestAborted);
            }
        }

        json.WriteEndArray();
        json.WriteNumber(ApiJson.NameOf(nameof(StatusView.LedgerIndex)), ledgerIndex);
        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }
}
