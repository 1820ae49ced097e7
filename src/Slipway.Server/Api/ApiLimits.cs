namespace Slipway.Server.Api;

/// <summary>Bounds on what the API takes and gives.</summary>
internal static class ApiLimits
{
    /// <summary>A JSON body; uploads have their own bound.</summary>
    public const int MostBodyBytes = 1024 * 1024;

    /// <summary>One text field of an upload, the definition being the largest.</summary>
    public const int MostFieldBytes = 1024 * 1024;

    /// <summary>What an upload's fields and boundaries may add to the artifact.</summary>
    public const int UploadOverhead = 4 * MostFieldBytes;
    public const int DefaultPage = 100, LargestPage = 1000;
    public const int MostEventStreams = 1000;
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
}
