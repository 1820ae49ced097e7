using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service.Credential;

/// <summary><c>slipway service credential …</c>: what lets Slipway read a service's repository.</summary>
internal static class CredentialCommands
{
    public static Command From(CommandContext context) => new("credential", "What lets Slipway read a service's repository") { Set(context), Show(context), Remove(context) };

    private static CliCommand Set(CommandContext context)
    {
        var service = Common.Service();
        var options = new CredentialOptions();
        return new CliCommand(context, "set", "Give a repository a token or a key, if it opens it; it is kept encrypted and never shown again",
                "slipway service credential set storefront --token-file token.txt", "slipway service credential set storefront --key-file deploy-key --host-key SHA256:uNiVztksCsDhcc0u9e8BrJ…")
            .Taking([service, .. options.All])
            .Runs(async run =>
            {
                var given = await options.Read(run) ?? throw CliException.Usage("A credential is a token (--token-file) or a key (--key-file), one of both.");
                var credential = await run.Client.SetCredential(run.Get(service), given, run.Cancel);
                run.Answer(credential, ApiClientJson.Default.CredentialView, () =>
                {
                    run.Out.WriteLine($"{credential.Place} opens to it. It is kept encrypted, and no one else gets to see it.");
                    Print(run, credential);
                });
            });
    }

    private static CliCommand Show(CommandContext context)
    {
        var service = Common.Service();
        return new CliCommand(context, "show", "Show what is known of a repository's credential, without it", "slipway service credential show storefront").Taking(service).Runs(async run =>
        {
            var credential = await run.Client.Credential(run.Get(service), run.Cancel);
            run.Answer(credential, ApiClientJson.Default.CredentialView, () => Print(run, credential));
        });
    }

    private static CliCommand Remove(CommandContext context)
    {
        var service = Common.Service();
        return new CliCommand(context, "remove", "Take the credential of a repository away", "slipway service credential remove storefront").Taking(service).Runs(async run =>
        {
            await run.Client.RemoveCredential(run.Get(service), run.Cancel);
            run.Done("removed", run.Get(service), $"Removed the credential of {run.Get(service)}. A token or key that is not needed any more should be revoked at the Git host too.");
        });
    }

    private static void Print(Invocation run, CredentialView credential) => new Facts(run.Ink)
        .Add("service", credential.Service, Tone.Strong)
        .Add("kind", credential.Kind == CredentialKindView.Token ? $"token, with the user name {credential.User}" : "private key")
        .Add("for", credential.Place)
        .Add("fingerprint", credential.Fingerprint)
        .Add("set", $"{Words.When(credential.SetAt, run.Now)} by {credential.SetBy} ({Words.Exact(credential.SetAt)})")
        .Add("last used", credential.LastUsedAt is { } at ? $"{Words.When(at, run.Now)} ({Words.Exact(at)})" : "not yet")
        .WriteTo(run.Out);
}
