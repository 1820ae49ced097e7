using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Token;

internal static class List
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "list", "List your tokens; all of them if you manage tokens", "slipway token list").Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Tokens(after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageTokenView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No tokens.");
                    return;
                }

                var table = run.Table("ID", "NAME", "IDENTITY", "ROLES", "MADE", "BY", "USED", "EXPIRES");
                foreach (var token in page.Items)
                {
                    table.Row(
                        token.Id, token.Name, token.Identity, string.Join(", ", token.Roles), Words.When(token.CreatedAt, run.Now), token.CreatedBy,
                        token.LastUsedAt is { } used ? Words.When(used, run.Now) : "never", token.ExpiresAt is { } end ? Words.When(end, run.Now) : "never");
                }

                table.WriteTo(run.Out);
            });
        });
}
