namespace Slipway.Client.Http;

/// <summary>Which ledger entries are wanted; null: all.</summary>
public sealed record LedgerFilter(string? Service = null, string? Environment = null, string? Promotion = null);
