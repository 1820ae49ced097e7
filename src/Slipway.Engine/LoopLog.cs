using Microsoft.Extensions.Logging;

namespace Slipway.Engine;

internal static partial class LoopLog
{
    [LoggerMessage(1001, LogLevel.Warning, "The store is away; trying again.")]
    public static partial void StoreAway(ILogger log, Exception fault);

    [LoggerMessage(1002, LogLevel.Error, "{Process} was set aside: its machine could not fold what it got.")]
    public static partial void Quarantined(ILogger log, string process, Exception fault);

    [LoggerMessage(1003, LogLevel.Debug, "Effect {Effect} will be tried again: {Why}")]
    public static partial void EffectDeferred(ILogger log, string effect, string why);

    [LoggerMessage(1004, LogLevel.Warning, "Effect {Effect} failed and will be tried again.")]
    public static partial void EffectFailed(ILogger log, string effect, Exception fault);
}
