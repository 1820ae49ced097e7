using System.Diagnostics;

namespace Slipway.Cli.Tests;

/// <summary>The script <c>./slipway</c> of a checkout, with a compiler and a clock that are quick.</summary>
public sealed class ScriptTests
{
    private const string HowLong = "one to five minutes";

    [Fact]
    public async Task A_first_build_says_that_it_goes_on_where_output_is_no_terminal()
    {
        using var checkout = new TemporaryFolder();
        File.Copy(Path.Combine(Checkout.Root, "slipway"), Path.Combine(checkout.Path, "slipway"));
        checkout.File("src/a.cs", "");
        Executable(checkout, "tools/sleep", "exec /bin/sleep 0.2");
        Executable(checkout, "tools/dotnet", """
            if [ "$1" = --list-sdks ]; then echo "10.0.100 [/here]"; exit; fi
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2"
            printf '#!/bin/sh\necho "built, and given $1"\n' >"$2/slipway"
            chmod +x "$2/slipway"
            exec /bin/sleep 2
            """);

        var (output, error) = await Run(checkout, "first");
        output.ShouldBe("built, and given first\n");
        var said = error.TrimEnd('\n').Split('\n');
        said[0].ShouldBe($"Building Slipway (the first time takes {HowLong}) …");
        said.Length.ShouldBeGreaterThan(2);
        said.Skip(1).ShouldAllBe(line => line.StartsWith("Still building, ") && line.EndsWith(" s: compiling the program …"));

        (await Run(checkout, "second")).ShouldBe(("built, and given second\n", ""));
    }

    [Fact]
    public void The_README_says_the_same() => File.ReadAllText(Path.Combine(Checkout.Root, "README.md")).ReplaceLineEndings(" ").ShouldContain(HowLong);

    private static void Executable(TemporaryFolder folder, string name, string script) =>
        File.SetUnixFileMode(folder.File(name, $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static async Task<(string Output, string Error)> Run(TemporaryFolder checkout, string argument)
    {
        var start = new ProcessStartInfo(Path.Combine(checkout.Path, "slipway"), [argument]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{Path.Combine(checkout.Path, "tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start).ShouldNotBeNull();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (output, await error);
    }
}
