using System.CommandLine;
using System.CommandLine.Help;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands;
using Slipway.Cli.Terminal;

namespace Slipway.Cli;

/// <summary>Every command, one line each, and the way a command line is run.</summary>
internal static class CommandTree
{
    public static async Task<int> Run(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancel)
    {
        var context = new CommandContext(shell);
        var root = Create(context);
        var result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (result.Action?.ClearsParseErrors == true ? UsageErrors.UnknownCommand(result) is not null : result.Errors.Count > 0 || UsageErrors.UnknownOption(result) is not null)
            {
                return await UsageErrors.Report(context, result, cancel);
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
        foreach (var command in All(context))
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

    private static IEnumerable<Command> All(CommandContext context) =>
    [
        Up.From(context),
        Commands.Init.From(context),
        Status.From(context),
        Promote.From(context),
        Rollback.From(context),
        Noun(context, "service", "What is deployed", Commands.Service.Add.From, Commands.Service.List.From, Commands.Service.Show.From, Commands.Service.Judge.From, Commands.Service.Remove.From,
            Commands.Service.Source.SourceCommands.From, Commands.Service.Credential.CredentialCommands.From),
        Noun(context, "run", "A pipeline's passage over one commit", Commands.Run.List.From, Commands.Run.Show.From, Commands.Run.Start.From, Commands.Run.Logs.From, Commands.Run.Tests.From, Commands.Run.Artifacts.From,
            Commands.Run.Cancel.From, Commands.Run.Rerun.From),
        Noun(context, "template", "Pipelines that services share", Commands.Template.List.From, Commands.Template.Show.From, Commands.Template.Usage.From, Commands.Template.Test.From),
        Noun(context, "test", "Tests over the runs of a service", Commands.Test.List.From, Commands.Test.QuarantineTest.From, Commands.Test.Quarantined.From, Commands.Test.Lift.From),
        Noun(context, "release", "Immutable bundles that are promoted", Commands.Release.Create.From, Commands.Release.List.From, Commands.Release.Show.From, Commands.Release.Veto.From, Commands.Release.Notes.From),
        Noun(context, "artifact", "What releases are made of", Commands.Artifact.List.From, Commands.Artifact.Show.From, Commands.Artifact.Download.From, Commands.Artifact.Collect.From),
        Noun(context, "promotion", "A release's passage into an environment", Commands.Promotion.List.From, Commands.Promotion.Show.From, Commands.Promotion.Explain.From, Commands.Promotion.Approve.From, Commands.Promotion.Reject.From, Commands.Promotion.Cancel.From),
        Noun(context, "rollout", "The execution of a promotion, step by step", Commands.Rollout.List.From, Commands.Rollout.Show.From, Commands.Rollout.Watch.From, Commands.Rollout.Explain.From, Commands.Rollout.Logs.From, Commands.Rollout.Rejudge.From,
            Commands.Rollout.Act.Pause, Commands.Rollout.Act.Resume, Commands.Rollout.Act.Skip, Commands.Rollout.Act.Abort, Commands.Rollout.Act.Retry, Commands.Rollout.Act.Approve),
        Noun(context, "instance", "The processes that run", Commands.Instance.List.From, Commands.Instance.Logs.From),
        Noun(context, "freeze", "When change is forbidden", Commands.Freeze.Add.From, Commands.Freeze.List.From, Commands.Freeze.Lift.From),
        Noun(context, "hold", "What is kept out until it is lifted", Commands.Hold.Add.From, Commands.Hold.List.From, Commands.Hold.Lift.From),
        Noun(context, "ledger", "Everything that was decided and happened", Commands.Ledger.List.From, Commands.Ledger.Verify.From),
        Noun(context, "analysis", "The judge", Commands.Analysis.Try.From),
        Noun(context, "metrics", "Where numbers can be asked for", Commands.Metrics.Try.From, Commands.Metrics.List.From),
        Noun(context, "token", "Who may do what", Commands.Token.Create.From, Commands.Token.List.From, Commands.Token.Revoke.From),
        Noun(context, "backup", "Copies of the store", Commands.Backup.Create.From, Commands.Backup.Restore.From),
        LoadCommand.From(context),
        Open.From(context),
        Doctor.From(context),
        Validate.From(context),
        Eval.From(context),
        Docs.From(context),
        ServerRole.From(context),
        AgentRole.From(context),
        RouterRole.From(context),
    ];

    private static Command Noun(CommandContext context, string name, string description, params ReadOnlySpan<Func<CommandContext, Command>> verbs)
    {
        var noun = new Command(name, description);
        foreach (var verb in verbs)
        {
            noun.Add(verb(context));
        }

        return noun;
    }
}
