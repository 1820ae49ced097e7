using Microsoft.AspNetCore.Builder;
using Slipway.Core.Access;

namespace Slipway.Server.Access;

/// <summary>What an endpoint asks of who calls it: a permission, or nothing, with the reason for that.</summary>
internal abstract record EndpointAccess
{
    public sealed record Needs(Permission Permission) : EndpointAccess;

    public sealed record OpenToAnyone(string Reason) : EndpointAccess;
}

internal static class EndpointAccessExtensions
{
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new EndpointAccess.Needs(permission));

    /// <summary>Anyone who reaches the server may call it; <paramref name="reason"/> says why that is right.</summary>
    public static TBuilder OpenToAnyone<TBuilder>(this TBuilder builder, string reason)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new EndpointAccess.OpenToAnyone(reason));
}
