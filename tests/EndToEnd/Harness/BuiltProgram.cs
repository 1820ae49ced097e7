using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>The program as users run it: what <c>./slipway</c> builds of this checkout.</summary>
internal static class BuiltProgram
{
    private static readonly Lazy<string> program = new(Build);

    /// <summary>Built first where something has changed since it was last.</summary>
    public static string Path => program.Value;

    private static string Build()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(root.FullName, "Slipway.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException($"no checkout of Slipway is above {AppContext.BaseDirectory}");
        }

        using var build = Process.Start(new ProcessStartInfo(System.IO.Path.Combine(root.FullName, "slipway"), ["--version"]) { RedirectStandardOutput = true })!;
        build.WaitForExit();
        build.ExitCode.ShouldBe(0);
        // The folder of this build, which the next one leaves alone while something runs from it.
        var built = new DirectoryInfo(System.IO.Path.Combine(root.FullName, "artifacts", "slipway"));
        return System.IO.Path.Combine((built.ResolveLinkTarget(returnFinalTarget: true) ?? built).FullName, "slipway");
    }
}
