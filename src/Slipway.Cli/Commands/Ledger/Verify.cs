using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Ledger;

internal static class Verify
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "verify", "Have the server check every entry against its hashes", "slipway ledger verify").Runs(async run =>
        {
            var verified = await run.Client.VerifyLedger(run.Cancel);
            run.Answer(verified, ApiClientJson.Default.LedgerVerificationView, () =>
            {
                if (verified.Wrong is null)
                {
                    run.Out.WriteLine($"All {verified.Entries} entries are what they were when they were written. Root of their tree: {verified.Root}");
                }
            });
            return verified.Wrong is { } wrong
                ? throw new CliException(ExitCodes.Failed, $"The ledger was changed: entry {verified.Entries}: {wrong}.", "Keep a copy of the data directory as it is; `slipway backup restore` puts the last good state back.")
                : ExitCodes.Done;
        });
}
