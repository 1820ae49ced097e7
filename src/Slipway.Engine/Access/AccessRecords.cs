using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Access;

/// <summary>An account: its name, the person who answers for it, and the most it may do.</summary>
public sealed record IdentityRecord
{
    public const string Collection = "identity";
    public required string Name { get; init; }
    public required string Person { get; init; }
    public required IReadOnlyList<Role> Roles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

/// <summary>A token as it is kept: everything but its secret.</summary>
public sealed record TokenRecord
{
    public const string Collection = "token";
    public required string Id { get; init; }

    /// <summary>Lower-case hex SHA-256 of the secret.</summary>
    public required string Hash { get; init; }
    public required string Name { get; init; }
    public required string Identity { get; init; }
    public required string Person { get; init; }
    public required IReadOnlyList<Role> Roles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The token that asked for it: it ends when that one is revoked.</summary>
    public string? Parent { get; init; }

    /// <summary>The agent that it is bound to.</summary>
    public string? Agent { get; init; }

    /// <summary>To the hour.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>A browser's session or a link that begins one; rests on a token.</summary>
internal sealed record SessionRecord
{
    public const string Collection = "session";
    public const string LinkCollection = "signInLink";
    public required string Hash { get; init; }
    public required string Token { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public string? Page { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IdentityRecord))]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class AccessJson : JsonSerializerContext;

/// <summary>Documents as typed records.</summary>
internal static class DocumentJson
{
    public static T As<T>(this Document document, JsonTypeInfo<T> type) =>
        document.Body.Deserialize(type) ?? throw new JsonException($"The document {document.Collection}/{document.Key} is null.");

    public static JsonNode ToNode<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!;
}
