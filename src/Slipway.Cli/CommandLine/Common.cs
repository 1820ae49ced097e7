using System.CommandLine;

namespace Slipway.Cli.CommandLine;

/// <summary>Options and arguments that several commands take, under one name each.</summary>
internal static class Common
{
    public static Option<string?> Environment(string description = "The environment") => new("--env") { HelpName = "ENV", Description = description };

    public static Option<string> EnvironmentNeeded(string description = "The environment") => new("--env") { HelpName = "ENV", Description = description, Required = true };

    public static Option<string?> Why() => new("--why") { HelpName = "TEXT", Description = "The reason, for the ledger and for whoever looks later" };

    public static Option<string> WhyNeeded() => new("--why") { HelpName = "TEXT", Description = "The reason, for the ledger and for whoever looks later", Required = true };

    public static Option<bool> Watch() => new("--watch") { Description = "Follow it until it has 100 % of the traffic, has failed, or waits for a person" };

    public static Option<int> Limit() => new("--limit") { HelpName = "N", Description = "The newest N", DefaultValueFactory = _ => 50, Validators = { result =>
    {
        if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var limit) || limit is < 1 or > 10_000))
        {
            result.AddError($"--limit: '{text}' is not a number from 1 to 10000.");
        }
    } } };

    public static Argument<string> Id(string of) => new("ID") { Description = $"The {of}'s id" };

    public static Argument<string> Service() => new("S") { Description = "The service" };

    public static Argument<string?> ServiceIfAny() => new("S") { Description = "One service alone", Arity = ArgumentArity.ZeroOrOne };
}
