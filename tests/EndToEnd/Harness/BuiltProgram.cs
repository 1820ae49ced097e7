using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>The program as users run it: what <c>./slipway</c> builds of this checkout. The benchmarks run it too.</summary>
internal static class BuiltProgram
{
    private static readonly Lazy<string> program = new(Build);

    /// <summary>Its apphost; built first where something has changed since it was last.</summary>
    public static string Path => program.Value;

    private static string Build()
    {
        var root = Checkout.Root;
        using var build = Process.Start(new ProcessStartInfo(System.IO.Path.Combine(root, "slipway"), ["--version"]) { RedirectStandardOutput = true })!;
        build.StandardOutput.ReadToEnd();
        build.WaitForExit();

        // The folder of this build, which the next one leaves alone while something runs from it.
        var built = new DirectoryInfo(System.IO.Path.Combine(root, "artifacts", "slipway")).ResolveLinkTarget(returnFinalTarget: true);
        return build.ExitCode == 0 && built is not null ? System.IO.Path.Combine(built.FullName, "slipway") : throw new InvalidOperationException("./slipway does not build.");
    }
}
