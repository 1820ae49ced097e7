using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Slipway.Cli.CommandLine;

/// <summary>Options and arguments that several commands take, under one name each.</summary>
internal static class Common
{
    public static Option<string?> Environment(string description = "The environment") => new("--env") { HelpName = "ENV", Description = description };

    public static Option<string> EnvironmentNeeded(string description = "The environment") => new("--env") { HelpName = "ENV", Description = description, Required = true };

    public static Option<string?> Why() => new("--why") { HelpName = "TEXT", Description = "The reason, for the ledger and for whoever looks later" };

    public static Option<string> WhyNeeded() => new("--why") { HelpName = "TEXT", Description = "The reason, for the ledger and for whoever looks later", Required = true };

    public static Option<bool> Watch() => new("--watch") { Description = "Follow it until it has 100 % of the traffic, has failed, or waits for a person" };

    public static Option<int> Limit(string description = "The newest N") => Number("--limit", "N", description, 1, 10_000, 50);

    /// <summary>A whole number; without a default it must be given.</summary>
    public static Option<int> Number(string name, string helpName, string description, int least, int most, int? byDefault = null, string? complaint = null)
    {
        var option = new Option<int>(name)
        {
            HelpName = helpName,
            Description = description,
            Required = byDefault is null,
            // Its own parser: the library's complaint names .NET types.
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
                {
                    result.AddError($"{name}: '{text}' is {complaint ?? $"not a number from {least} to {most}"}.");
                }

                return number;
            },
        };
        if (byDefault is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    /// <summary>One of a few words.</summary>
    public static Option<T> OneOf<T>(this Option<T> option, params IReadOnlyList<string> words)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !words.Contains(text))
            {
                var meant = Suggestions.Closest(text, words);
                result.AddError($"{option.Name}: '{text}' is none of {string.Join(", ", words)}.{(meant is null ? "" : $" Did you mean {meant}?")}");
            }
        });
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words]);
        return option;
    }

    /// <summary>A time with its zone, or from now.</summary>
    public static Option<DateTimeOffset?> Moment(CommandContext context, string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var moment = Durations.ParseMoment(text, context.Shell.Time.GetUtcNow());
            if (moment is null)
            {
                result.AddError($"{name}: '{text}' is no time; it is written with its zone like 2026-12-24T18:00:00Z, or as now or +2h.");
            }

            return moment;
        },
    };

    public static Argument<string> Id(string of) => new("ID") { Description = $"The {of}'s id" };

    public static Argument<string> Service() => WithoutVersion(new Argument<string>("S") { Description = "The service" });

    public static Argument<string?> ServiceIfAny() => WithoutVersion(new Argument<string?>("S") { Description = "One service alone", Arity = ArgumentArity.ZeroOrOne });

    /// <summary>Whether an option names an environment, whatever it is called.</summary>
    public static bool IsEnvironment(Option option) => option.HelpName == "ENV";

    /// <summary>The option of a command that takes a version by itself; null: it takes none, or behind the service.</summary>
    public static Option? OfVersion(Command command) => command.Options.FirstOrDefault(option => option.HelpName == "V");

    private static Argument<T> WithoutVersion<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && text.IndexOf('@') is > 0 and var at)
            {
                var own = result.Parent is CommandResult { Command: var command } ? OfVersion(command) : null;
                result.AddError($"'{text}' names a version, and here the service stands alone: {text[..at]}{(own is null ? "" : $" {own.Name} {text[(at + 1)..]}")}.");
            }
        });
        return argument;
    }
}
