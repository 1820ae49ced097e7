namespace Slipway.Storage.Sqlite;

/// <summary>What should be restored is no backup of a store, or it is damaged.</summary>
public sealed class BackupUnusableException(string message, Exception? inner = null) : Exception(message, inner);
