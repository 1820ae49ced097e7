using System.Text.Json.Nodes;
using Slipway.Client.Api;
using Slipway.Engine.Ledger;
using Slipway.Engine.Ports;

namespace Slipway.Server.Ledger;

/// <summary>Ledger entries as the API shows them.</summary>
internal static class LedgerViews
{
    public static LedgerEntryView Of(LedgerEntry entry) => new()
    {
        Index = entry.Index,
        At = entry.At,
        Type = entry.Type,
        Service = entry.Subject.Service,
        Environment = entry.Subject.Environment,
        Version = entry.Subject.Version,
        Promotion = entry.Subject.Promotion,
        Actor = entry.Actor,
        Body = entry.Body is null ? null : JsonNode.Parse(entry.Body) as JsonObject,
        LeafHash = entry.LeafHash,
        Text = FactSentences.Of(entry),
    };
}
