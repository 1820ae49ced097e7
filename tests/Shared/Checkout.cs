namespace Slipway.Testing;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No checkout of Slipway is above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }
}
