using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Hosting;
using Slipway.Cli.Terminal;
using Slipway.Core.Access;

namespace Slipway.Cli.Demo;

/// <summary>Sets the stage for <see cref="DemoStory"/>, and sums it up.</summary>
internal static class Demonstration
{
    private const string Approver = "approver";
    private static readonly TimeSpan ApproverLife = TimeSpan.FromDays(30);

    public static bool WasToldIn(string dataDirectory) => Directory.Exists(HomeIn(dataDirectory));

    /// <summary>Before anything is started: whether this machine and this directory will do.</summary>
    /// <exception cref="CliException">What is missing.</exception>
    public static async Task Check(string dataDirectory, CancellationToken cancel)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any())
        {
            throw new CliException(ExitCodes.Failed, $"The demonstration needs a data directory of its own, and {dataDirectory} is in use.", "slipway up --demo --data .slipway-demo");
        }

        var here = Path.GetTempPath();
        await Tool.Run("git", ["--version"], here, cancel);
        await Tool.Run("dotnet", ["--version"], here, cancel);
    }

    /// <summary>Where the .NET SDK is, if steps do not see it anyway.</summary>
    public static IReadOnlyList<string> ToolFolders(Shell shell)
    {
        var found = (shell.Variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => new FileInfo(Path.Combine(folder, "dotnet"))).FirstOrDefault(file => file.Exists);
        var folder = (found?.ResolveLinkTarget(returnFinalTarget: true) ?? found) is FileInfo { DirectoryName: { } real } ? real : null;
        return folder is null || folder.StartsWith("/usr/", StringComparison.Ordinal) || folder.StartsWith("/opt/", StringComparison.Ordinal) ? [] : [folder];
    }

    /// <summary>Tells the story; requests go on until <paramref name="goOn"/> ends.</summary>
    /// <returns>0 if all went as told, else 1.</returns>
    /// <param name="startAgain">The command that starts it again on the same data, if it ends with the story; null: it goes on.</param>
    public static async Task<int> Play(Invocation run, LocalPlatform platform, string dataDirectory, string? startAgain, Func<Task> goOn)
    {
        var approverToken = await platform.IssueToken(Approver, Role.Approver, ApproverLife, run.Cancel);
        using var admin = await platform.Admin(run.Cancel);
        using var approver = new ServerAddress(platform.Url, approverToken, "").Connect(run.Shell.Time);
        var repository = await StorefrontRepository.Make(HomeIn(dataDirectory), run.Cancel);

        using var story = new DemoStory(run, platform, admin, approver, repository);
        var exitCode = ExitCodes.Failed;
        try
        {
            var document = await story.Tell();
            exitCode = document.AsTold ? ExitCodes.Done : ExitCodes.Failed;
            SumUp(run, document);
            if (startAgain is null)
            {
                ShowTheWay(run, platform);
            }
        }
        catch (Exception exception) when (Failures.IsExpected(exception) && !run.Cancel.IsCancellationRequested)
        {
            Failures.Report(run.Shell, exception);
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested)
        {
            // Somebody has seen enough; what was started is stopped below, as at any other end.
        }

        await goOn();
        await story.StopLoad();
        if (startAgain is not null)
        {
            run.Say("");
            run.Say($"Everything is stopped; what happened is kept in {dataDirectory}. To look at it: {startAgain}, then slipway open {PageOfFailed}");
            run.Out.Flush();
        }

        return exitCode;
    }

    private static string HomeIn(string dataDirectory) => Path.Combine(dataDirectory, "demo");

    private static string FailedRollout => $"{DemoStory.Service}-{DemoStory.Environment}-3";

    private static string PageOfFailed => $"/rollouts/{FailedRollout}";

    private static void SumUp(Invocation run, DemoDocument document)
    {
        run.Say("");
        run.Stream(document, DemoJson.Default.DemoDocument, run.Ink.Paint(document.AsTold ? "What happened" : "What happened, not all of it as it should", document.AsTold ? Tone.Strong : Tone.Bad));
        foreach (var claim in document.Claims)
        {
            run.Say($"  {run.Ink.Paint(claim.Held ? "✓" : "✗", claim.Held ? Tone.Good : Tone.Bad)} {claim.What}");
        }

        run.Out.Flush();
    }

    private static void ShowTheWay(Invocation run, LocalPlatform platform)
    {
        run.Say("");
        run.Say(run.Ink.Paint("Look at it", Tone.Strong));
        run.Say($"  the board          {platform.Url.AbsoluteUri}   (sign in: slipway open)");
        run.Say($"  the failed canary  {new Uri(platform.Url, PageOfFailed).AbsoluteUri}");
        run.Say(run.Ink.Paint("Try next", Tone.Strong));
        run.Say("  slipway status");
        run.Say($"  slipway rollout explain {FailedRollout}");
        run.Say($"  slipway rollback {DemoStory.Service} --env {DemoStory.Environment} --watch");
        run.Out.Flush();
    }
}
