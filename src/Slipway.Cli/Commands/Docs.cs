using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Core.Definitions;

namespace Slipway.Cli.Commands;

internal static class Docs
{
    public static Command From(CommandContext context)
    {
        var kind = new Argument<string?>("KIND") { Description = string.Join(" or ", DefinitionReference.Kinds), Arity = ArgumentArity.ZeroOrOne };
        var schema = new Option<bool>("--schema") { Description = "The JSON Schema of slipway.yaml, for editors" };
        return new CliCommand(context, "docs", "Print the annotated reference of a YAML file, or of expressions", "slipway docs slipway", "slipway docs expressions", "slipway docs --schema > slipway.schema.json")
            .Taking(kind, schema)
            .Runs(run =>
            {
                if (run.Get(schema))
                {
                    run.Out.WriteLine(DefinitionSchema.Json());
                    return Task.CompletedTask;
                }

                var wanted = run.Get(kind) ?? DefinitionReference.Kinds[0];
                var text = DefinitionReference.Text(wanted);
                if (text is null)
                {
                    var meant = Suggestions.Closest(wanted, DefinitionReference.Kinds);
                    throw CliException.Usage($"There is no kind '{wanted}'.{(meant is null ? "" : $" Did you mean {meant}?")}", $"The kinds are {string.Join(" and ", DefinitionReference.Kinds)}.");
                }

                run.Out.WriteLine(text.TrimEnd());
                return Task.CompletedTask;
            });
    }
}
