using System.CommandLine;

namespace Slipway.Cli.CommandLine;

/// <summary>A command with examples for its help, whose action reports failures the way all commands do.</summary>
internal sealed class CliCommand(CommandContext context, string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    public CliCommand Taking(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    Add(argument);
                    break;
                case Option option:
                    Add(option);
                    break;
                case Command command:
                    Add(command);
                    break;
                default:
                    throw new ArgumentException($"{symbol.Name} is nothing that a command takes.", nameof(symbols));
            }
        }

        return this;
    }

    public CliCommand Runs(Func<Invocation, Task<int>> run)
    {
        SetAction(async (result, cancel) =>
        {
            using var invocation = new Invocation(context, result, cancel);
            try
            {
                return await run(invocation);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (Exception exception) when (Failures.IsExpected(exception))
            {
                context.Shell.Out.Flush();
                return Failures.Report(context.Shell, exception);
            }
        });
        return this;
    }

    public CliCommand Runs(Func<Invocation, Task> run) => Runs(async invocation =>
    {
        await run(invocation);
        return ExitCodes.Done;
    });
}
