using System.Diagnostics;

namespace Slipway.Bench.Platform;

/// <summary>The program as users run it, built by <c>./slipway</c>.</summary>
internal static class SlipwayProgram
{
    private static readonly string Script = Path.Combine(Root(), "slipway");

    /// <summary>The apphost of the current build; builds it if need be.</summary>
    public static string Find()
    {
        using var build = Process.Start(new ProcessStartInfo(Script, ["--version"]) { RedirectStandardOutput = true })!;
        build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        var program = Path.Combine(Root(), "artifacts", "slipway", "slipway");
        return build.ExitCode == 0 && File.Exists(program) ? program : throw new InvalidOperationException("./slipway does not build.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The repository's root is not above the benchmarks.");
    }
}
