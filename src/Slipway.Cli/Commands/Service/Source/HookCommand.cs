using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service.Source;

/// <summary><c>slipway service source hook</c>: a repository that tells of pushes, so that it need not be looked at each minute.</summary>
internal static class HookCommand
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var rotate = new Option<bool>("--rotate") { Description = "Make a new secret; the one before is refused from then on" };
        var remove = new Option<bool>("--remove") { Description = "Remove it; the repository is looked at each minute again" };
        var command = new CliCommand(context, "hook", "Make a webhook by which a repository tells of pushes; its secret is shown once",
                "slipway service source hook storefront", "slipway service source hook storefront --rotate", "slipway service source hook storefront --remove")
            .Taking(service, rotate, remove);
        command.Validators.Add(result =>
        {
            if (result.GetValue(rotate) && result.GetValue(remove))
            {
                result.AddError("--rotate and --remove exclude each other.");
            }
        });
        return command.Runs(async run =>
        {
            var name = run.Get(service);
            if (run.Get(remove))
            {
                await run.Client.RemoveHook(name, run.Cancel);
                run.Done("removed", name, $"Removed the webhook of {name}. Delete it at the Git host too.");
                return;
            }

            var made = await run.Client.MakeHook(name, new MakeHook { Rotate = run.Get(rotate) }, run.Cancel);
            run.Answer(made, ApiClientJson.Default.CreatedHook, () => Print(run, made));
        });
    }

    private static void Print(Invocation run, CreatedHook made)
    {
        var root = run.Client.Server.AbsoluteUri.TrimEnd('/');
        run.Out.WriteLine(made.Secret);
        run.Shell.Error.WriteLine(
            $$"""
            This is the only time the secret is shown. Set it where pushes are to be told from:

            GitHub  Settings, Webhooks, Add webhook
                    Payload URL   {{root}}{{made.GitHubPath}}
                    Content type  application/json
                    Secret        the secret
                    Events        just the push event
            GitLab  Settings, Webhooks, Add new webhook
                    URL           {{root}}{{made.GitLabPath}}
                    Secret token  the secret (or the signing token, where there is one)
                    Trigger       push events
            others  printf '{"ref":"refs/heads/BRANCH"}' > push.json
                    curl -H "X-Slipway-Signature-256: sha256=$(openssl dgst -sha256 -hmac "$SECRET" -r < push.json | cut -d' ' -f1)" \
                         --data-binary @push.json {{root}}{{made.GenericPath}}
            """);
        if (run.Client.Server.IsLoopback)
        {
            run.Shell.Error.WriteLine($"\n{root} is this machine alone: give the address under which the Git host reaches the server.");
        }
    }
}
