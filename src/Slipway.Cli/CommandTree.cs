using System.CommandLine;
using System.CommandLine.Help;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli;

/// <summary>Every command, one line each, and the way a command line is run.</summary>
internal static class CommandTree
{
    public static async Task<int> Run(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancel)
    {
        var root = Create(new CommandContext(shell));
        var result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (result.Errors.Count > 0 && result.Action?.ClearsParseErrors != true)
            {
                return UsageErrors.Report(shell, result);
            }

            return await result.InvokeAsync(
                new InvocationConfiguration { Output = shell.Out, Error = shell.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancel);
        }
        finally
        {
            await shell.Out.FlushAsync(CancellationToken.None);
        }
    }

    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("A deployment platform: takes releases through environments to production, judges them on real traffic, and takes bad ones back.");
        root.Add(context.Server);
        root.Add(context.Token);
        root.Add(context.Json);
        root.Add(context.NoColor);
        foreach (var command in Commands(context))
        {
            root.Add(command);
        }

        foreach (var option in root.Options)
        {
            switch (option)
            {
                case HelpOption help:
                    help.Action = new HelpWithExamples(context.Shell);
                    break;
                case VersionOption version:
                    version.Description = "Print the version";
                    break;
            }
        }

        root.SetAction(result => new HelpWithExamples(context.Shell).Invoke(result));
        return root;
    }

    private static IEnumerable<Command> Commands(CommandContext context)
    {
        yield break;
    }
}
