namespace Slipway.Cli.Tests;

/// <summary>The program's sources.</summary>
internal static class Sources
{
    /// <summary>A project's own C# files.</summary>
    public static IEnumerable<string> Of(string project) => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", project), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"));
}
