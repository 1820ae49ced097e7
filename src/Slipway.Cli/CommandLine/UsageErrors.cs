using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.CommandLine;

/// <summary>What is wrong with a command line, and what it may have meant.</summary>
internal static class UsageErrors
{
    public static async Task<int> Report(CommandContext context, ParseResult result, CancellationToken cancel)
    {
        var shell = context.Shell;
        var command = result.CommandResult.Command;
        var path = PathOf(result.CommandResult);
        if ((UnknownOption(result) ?? (result.UnmatchedTokens is [var first, ..] ? first : null)) is { } unknown)
        {
            var isOption = unknown.StartsWith('-');
            var kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            var meant = kind switch
            {
                "option" => OptionMeant(result, unknown.Split('=')[0]),
                "command" => Suggestions.Closest(unknown, CommandsOf(command)),
                _ => null,
            };
            var known = kind == "command" && result.CommandResult.Parent is not null ? $" It has: {string.Join(", ", CommandsOf(command))}." : "";
            if (isOption && (WhereTheVersionStands(result, unknown) ?? (meant is null ? WhereTheArgumentStands(result, unknown) : null)) is { } way)
            {
                Failures.Write(shell, $"{path} has no option '{unknown}'.", way);
                return ExitCodes.Usage;
            }

            Failures.Write(shell,
                $"{path} has no {kind} '{unknown}'.{(meant is null ? known : $" Did you mean {meant}?")}",
                meant is not null && !isOption ? $"{path} {meant}" : $"{path} --help");
            return ExitCodes.Usage;
        }

        if (command.Subcommands.Count > 0 && command.Action is null)
        {
            Failures.Write(shell, $"{path} needs one of: {string.Join(", ", CommandsOf(command))}.", $"{path} --help");
            return ExitCodes.Usage;
        }

        foreach (var error in result.Errors)
        {
            Failures.Write(shell, Sentence(path, error), null);
        }

        foreach (var (what, nextStep) in await UnknownNames.Among(context, result, cancel))
        {
            Failures.Write(shell, what, nextStep);
        }

        shell.Error.WriteLine($"  → {Hint.Of($"{path} --help")}");
        return ExitCodes.Usage;
    }

    private static string? OptionMeant(ParseResult result, string unknown)
    {
        var known = OptionsOf(result.CommandResult).ToList();
        var meant = FieldWords.Meant(unknown, known, option => IsGiven(result, option));
        if (SameElsewhere(result.CommandResult, unknown) is { } environment && (meant is null || !known.Any(option => option.Name == environment && IsGiven(result, option))))
        {
            return environment;
        }

        return meant ?? Suggestions.Closest(unknown, known.Select(option => option.Name));
    }

    private static bool IsGiven(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>What the environment is called here, to somebody who calls it as another command does (<c>--env</c>, <c>--to</c>); null: it is not that, or none is taken.</summary>
    private static string? SameElsewhere(CommandResult result, string unknown)
    {
        var root = result;
        while (root.Parent is CommandResult above)
        {
            root = above;
        }

        return Below(root.Command).SelectMany(command => command.Options).Any(option => option.Name == unknown && Common.IsEnvironment(option)) ? result.Command.Options.FirstOrDefault(Common.IsEnvironment)?.Name : null;
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);

    /// <summary>To somebody who gives a version as an option, as `release create` has it; null: it is no version, or the command takes none.</summary>
    private static string? WhereTheVersionStands(ParseResult result, string unknown)
    {
        var command = result.CommandResult.Command;
        if (unknown.Split('=') is not ["--version" or "--release", ..])
        {
            return null;
        }

        var words = result.Tokens.Select(token => token.Value).ToList();
        var version = unknown.Contains('=') ? unknown[(unknown.IndexOf('=') + 1)..] : words.ElementAtOrDefault(words.IndexOf(unknown) + 1) is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9' or 'v', ..] given ? given : "V";
        if (Common.OfVersion(command) is { } own)
        {
            return $"The version goes with {own.Name}: {own.Name} {version}.";
        }

        return command.Arguments.OfType<Argument<ReleaseName>>().FirstOrDefault() is { } release
            ? $"Write the version behind the service: {(result.GetResult(release)?.Tokens is [{ Value: [not '-', ..] service }] ? service.Split('@')[0] : "S")}@{version}."
            : null;
    }

    /// <summary>To somebody who gives the service or an id as an option; null: it is neither, or the command takes none.</summary>
    private static string? WhereTheArgumentStands(ParseResult result, string unknown)
    {
        var word = unknown.Split('=')[0];
        if (FieldWords.ArgumentMeant(word, result.CommandResult.Command) is not { } argument)
        {
            return null;
        }

        var words = result.Tokens.Select(token => token.Value).ToList();
        var given = unknown.Contains('=') ? unknown[(unknown.IndexOf('=') + 1)..] : words.ElementAtOrDefault(words.IndexOf(unknown) + 1) is [not '-', ..] next ? next : argument.Name;
        return $"The {(argument.Name == "ID" ? "id" : "service")} stands by itself: {PathOf(result.CommandResult)} {given}";
    }

    /// <summary>The first word of a line that asks for help about a command that there is not; null: there is none such.</summary>
    public static string? UnknownCommand(ParseResult result) =>
        result.CommandResult.Command.Subcommands.Count > 0 && result.UnmatchedTokens is [var first, ..] ? first : null;

    private static string Sentence(string path, ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing => $"{path} needs {missing.Argument.Name}: {Uncapitalized(missing.Argument.Description ?? "")}.",
        OptionResult { Tokens.Count: 0, IdentifierToken: null, Option: var option } =>
            $"{path} needs {option.Name}{(option.HelpName is { } value ? $" {value}" : "")}: {Uncapitalized(option.Description ?? "")}.",
        _ => error.Message,
    };

    private static IEnumerable<string> CommandsOf(Command command) => command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    /// <summary>What looks like an option and was taken for an argument; null: nothing. Behind <c>--</c> everything is an argument.</summary>
    public static string? UnknownOption(ParseResult result)
    {
        var behindDashes = result.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet();
        return result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .FirstOrDefault(token => token.Value is ['-', _, ..] && !behindDashes.Contains(token))?.Value;
    }

    public static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "slipway";

    private static string Uncapitalized(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');

    private static IEnumerable<Option> OptionsOf(CommandResult result)
    {
        foreach (var option in result.Command.Options.Where(option => !option.Hidden))
        {
            yield return option;
        }

        for (var above = result.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
        {
            foreach (var option in above.Command.Options.Where(option => option.Recursive && !option.Hidden))
            {
                yield return option;
            }
        }
    }
}
