using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands;

internal static class Doctor
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "doctor", "Say what this installation has and lacks", "slipway doctor").Runs(async run =>
        {
            var address = run.Address;
            var view = await run.Client.Doctor(run.Cancel);
            var lines = new List<DoctorLine> { new("server", "ok", $"{address.Server.GetLeftPart(UriPartial.Authority)} (from {address.From})", null) };
            lines.AddRange(view.Lines);
            var all = new DoctorView { Lines = lines };
            run.Answer(all, ApiClientJson.Default.DoctorView, () =>
            {
                var table = run.WrappingTable("", "WHAT", "HOW IT IS");
                foreach (var line in all.Lines)
                {
                    table.Row(
                        line.State switch { "ok" => new("✓", Tone.Good), "warning" => new("!", Tone.Warn), _ => new("✗", Tone.Bad) }, line.Name,
                        $"{line.Detail}{Hint.Behind(line.NextStep)}");
                }

                table.WriteTo(run.Out);
            });
            return all.Lines.Any(line => line.State == "missing") ? ExitCodes.Failed : ExitCodes.Done;
        });
}
