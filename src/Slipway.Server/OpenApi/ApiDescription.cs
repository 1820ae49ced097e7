using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Slipway.Client.Api;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.OpenApi;

/// <summary>The API's OpenAPI document, made from the endpoints: errors, permissions and streamed bodies are added to what the framework sees by itself.</summary>
internal static partial class ApiDescription
{
    public const string DocumentPath = "/openapi/v1.json";
    private const string ProblemSchema = nameof(ProblemDocument);

    public static void Add(IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = d => d.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer(DescribeDocument);
        options.AddOperationTransformer(DescribeOperation);
        options.AddSchemaTransformer(DescribeSchema);
    });

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancel)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Slipway",
            Version = "v1",
            Description = "Durations are given like 90s, 5m, 2h, 30d or in ISO 8601; times are RFC 3339 in UTC. Errors are problem documents (RFC 9457).",
        };
        document.Servers = [];
        foreach (var schema in document.Components?.Schemas?.Values ?? [])
        {
            NameMembersAsJsonDoes(schema);

            // An enumeration that is met as a nullable first would be nullable everywhere; where it may be null is said at the member.
            if (schema is OpenApiSchema { Enum: { } values } words && values.Any(IsNull))
            {
                words.Enum = [.. values.Where(v => !IsNull(v))];
                words.Type = JsonSchemaType.String;
            }
        }

        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token: slp_…" },
            ["session"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "slipway", Description = "A browser's session." },
        };
        return Task.CompletedTask;
    }

    private static bool IsNull(JsonNode? value) => value is null || JsonNullSentinel.IsJsonNullSentinel(value);

    /// <summary>The framework renders a reference to a member as C# does (<c>string? T.Member</c>); readers of the API know it as <c>member</c>.</summary>
    private static void NameMembersAsJsonDoes(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema own)
        {
            own.Description = own.Description is null ? null : MemberReference().Replace(own.Description, m => $"`{JsonNamingPolicy.CamelCase.ConvertName(m.Groups[1].Value)}`");
            foreach (var property in own.Properties?.Values ?? [])
            {
                NameMembersAsJsonDoes(property);
            }
        }
    }

    [GeneratedRegex(@"[\w<>?\[\]]+ [A-Z][\w<>]*\.(\w+)", RegexOptions.NonBacktracking)]
    private static partial Regex MemberReference();

    private static async Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        await EnsureSchemaAsync(typeof(ProblemDocument), ProblemSchema);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A problem",
            Content = new Dictionary<string, OpenApiMediaType> { [ApiProblem.ContentType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) } },
        };
        if (metadata.OfType<EndpointAccess.Needs>().LastOrDefault() is { } needs)
        {
            var permission = char.ToLowerInvariant(needs.Permission.ToString()[0]) + needs.Permission.ToString()[1..];
            operation.Description = $"Needs the permission `{permission}`.";
            operation.AddExtension("x-permission", new JsonNodeExtension(JsonValue.Create(permission)));
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("session", document)] = [] },
            ];
        }

        if (context.Description.HttpMethod is "POST" or "DELETE")
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Description = "A repeat with the same key and the same body changes nothing and is answered as the first was.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 200 },
            });
        }

        if (metadata.OfType<ReleaseUploadBody>().Any())
        {
            operation.RequestBody = Upload();
        }

        if (metadata.OfType<EventStreamBody>().Any())
        {
            await EnsureSchemaAsync(typeof(LedgerEntryView), nameof(LedgerEntryView));
            operation.Responses["200"] = Answer("Ledger entries as they come", "text/event-stream", new OpenApiSchemaReference(nameof(LedgerEntryView), document));
        }

        if (metadata.OfType<JobLogBody>().Any())
        {
            await EnsureSchemaAsync(typeof(JobLogEnd), nameof(JobLogEnd));
            operation.Responses["200"] = Answer("The log. As events: one a line, whose id is the byte behind it, and at the end the event `end` with a `JobLogEnd`", "text/plain", new OpenApiSchema { Type = JsonSchemaType.String });
            operation.Responses["200"].Content!["text/event-stream"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        if (metadata.OfType<PlainTextBody>().Any())
        {
            operation.Responses["200"] = Answer("The text", "text/plain", new OpenApiSchema { Type = JsonSchemaType.String });
        }

        async Task EnsureSchemaAsync(Type type, string name)
        {
            if (document.Components?.Schemas?.ContainsKey(name) != true)
            {
                document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, null, cancel));
            }
        }
    }

    private static OpenApiResponse Answer(string description, string contentType, IOpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [contentType] = new() { Schema = schema } },
    };

    private static OpenApiRequestBody Upload()
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { "version", "artifact" },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["version"] = Text("The release's version."),
                            ["commit"] = Text("The commit it was made from."),
                            ["definition"] = Text("slipway.yaml as text; else the one in the artifact, else the service's latest."),
                            ["definitionFile"] = Text("The definition's file name, for messages."),
                            ["notes"] = Text("What is new."),
                            ["artifact"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "tar or tar.gz with at least one file." },
                        },
                    },
                },
            },
        };
    }

    /// <summary>Unknown members are refused in what comes in; in the description that would forbid clients to accept documents of a newer server.</summary>
    private static Task DescribeSchema(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        if (schema.AdditionalProperties is null)
        {
            schema.AdditionalPropertiesAllowed = true;
        }

        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
        }

        return Task.CompletedTask;
    }
}
