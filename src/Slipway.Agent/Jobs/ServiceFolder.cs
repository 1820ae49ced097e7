namespace Slipway.Agent.Jobs;

/// <summary>The service's folder in a checkout, as steps have left it.</summary>
internal static class ServiceFolder
{
    /// <returns>Null: it is gone, or a step has put a link in its way, which could lead anywhere on this machine.</returns>
    public static string? Find(string workspace, string? path)
    {
        var folder = workspace;
        foreach (var segment in (path ?? "").Split('/').Where(segment => segment is not ("" or ".")))
        {
            folder = Path.Combine(folder, segment);
            if (new DirectoryInfo(folder) is not { Exists: true, LinkTarget: null })
            {
                return null;
            }
        }
        return folder;
    }
}
