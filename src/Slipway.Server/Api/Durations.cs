namespace Slipway.Server.Api;

/// <summary>Durations in bodies, as people write them.</summary>
internal static class Durations
{
    /// <summary>False when the text is no duration. No text is none: true, with null.</summary>
    public static bool TryRead(string? text, out TimeSpan? duration)
    {
        var isRead = Core.Definitions.Durations.TryParse(text, out var read);
        duration = isRead ? read : null;
        return isRead || text is null;
    }

    public static ApiProblem Problem(string member) => ApiProblem.Invalid($"'{member}' is not a duration.", "Write it like 90s, 5m, 2h, 30d.", "invalidDuration");
}
