namespace Slipway.Cli.Tests;

/// <summary>The repository that the tests were built in.</summary>
internal static class Sources
{
    public static string Root
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(root.FullName, "Slipway.slnx")))
            {
                root = root.Parent.ShouldNotBeNull();
            }

            return root.FullName;
        }
    }

    /// <summary>A project's own C# files.</summary>
    public static IEnumerable<string> Of(string project) => Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"));
}
