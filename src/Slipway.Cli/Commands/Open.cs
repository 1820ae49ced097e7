using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands;

internal static class Open
{
    public static Command From(CommandContext context)
    {
        var page = new Argument<string?>("PAGE") { Description = "A page of the web app, such as /rollouts/ID (default: the board)", Arity = ArgumentArity.ZeroOrOne };
        return new CliCommand(context, "open", "Print a link that signs a browser in, once and within a minute; on a desktop it opens by itself", "slipway open").Taking(page).Runs(async run =>
        {
            var wanted = run.Get(page);
            var link = await run.Client.CreateSignInLink(wanted is null || wanted.StartsWith('/') ? wanted : $"/{wanted}", run.Cancel);
            var url = new Uri(run.Client.Server, link.Path);
            run.Answer(new OpenDocument(url), OpenJson.Default.OpenDocument, () =>
            {
                run.Out.WriteLine(url.AbsoluteUri);
                run.Out.Flush();
                run.Shell.Error.WriteLine(StartBrowser(run, url) ? "Opening it in the browser." : "Open it in a browser within a minute; it works once.");
            });
        });
    }

    private static bool StartBrowser(Invocation run, Uri url)
    {
        if (!run.Shell.OutIsTerminal || (string.IsNullOrEmpty(run.Shell.Variable("DISPLAY")) && string.IsNullOrEmpty(run.Shell.Variable("WAYLAND_DISPLAY"))))
        {
            return false;
        }

        try
        {
            using var browser = Process.Start(new ProcessStartInfo("xdg-open", [url.AbsoluteUri]) { RedirectStandardOutput = true, RedirectStandardError = true });
            return browser is not null;
        }
        catch (Win32Exception)
        {
            // No xdg-open here: the link is on the screen.
            return false;
        }
    }
}

internal sealed record OpenDocument(Uri Url);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OpenDocument))]
internal sealed partial class OpenJson : JsonSerializerContext;
