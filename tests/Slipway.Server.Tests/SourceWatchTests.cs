using System.Net;
using System.Net.Sockets;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

public sealed class SourceWatchTests
{
    /// <summary>More than are looked at at a time.</summary>
    private const int Hanging = 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_in_a_folder_of_this_machine_is_noticed_though_other_hosts_do_not_answer()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        using var folder = new TemporaryFolder();
        GitCommand.Run(folder.Path, "init", "--quiet", "--initial-branch=main");
        GitCommand.Run(folder.Path, "commit", "--quiet", "--allow-empty", "--message=one");
        await using var running = await RunningServer.StartAsync();
        await SetAsync(running, [.. Enumerable.Range(0, Hanging).Select(n => ($"far-{n}", $"https://127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}/{n}.git"))]);

        // Whoever looks at them now waits for an answer that does not come.
        List<TcpClient> asked = [];
        for (var n = 0; n < 4; n++)
        {
            asked.Add(await nobody.AcceptTcpClientAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel));
        }

        await SetAsync(running, ("near", folder.Path));
        await NoticedAsync(running, GitCommand.Run(folder.Path, "rev-parse", "HEAD"));
        GitCommand.Run(folder.Path, "commit", "--quiet", "--allow-empty", "--message=two");
        await NoticedAsync(running, GitCommand.Run(folder.Path, "rev-parse", "HEAD"));
        asked.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_run_of_what_the_repository_has_not_is_refused_and_nothing_is_kept_of_it()
    {
        using var folder = new TemporaryFolder();
        GitCommand.Run(folder.Path, "init", "--quiet", "--initial-branch=main");
        GitCommand.Run(folder.Path, "commit", "--quiet", "--allow-empty", "--message=one");
        GitCommand.Run(folder.Path, "tag", "v1.0.0");
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"near"}""").StatusAsync(201);
        await SetAsync(running, ("near", folder.Path));
        await NoticedAsync(running, "has no slipway.yaml");
        var before = (await running.Admin.SendAsync("GET", "/api/v1/services/near/source").JsonAsync())["problem"]!.GetValue<string>();

        (await running.Admin.SendAsync("POST", "/api/v1/services/near/runs", """{"ref":"nope"}""").ProblemAsync(404, "notFound")).Detail.ShouldBe($"There is no branch, tag or commit 'nope' in {folder.Path}.");
        await running.Admin.SendAsync("POST", "/api/v1/services/near/runs", """{"ref":"v1.0.0"}""").StatusAsync(200);
        await running.Admin.SendAsync("POST", "/api/v1/services/near/runs", "{}").StatusAsync(200);
        GitCommand.Run(folder.Path, "branch", "--quiet", "--move", "main", "next");
        (await running.Admin.SendAsync("POST", "/api/v1/services/near/runs", "{}").ProblemAsync(404, "notFound")).Detail.ShouldBe($"{folder.Path} has no branch 'main' any more.");
        (await running.Admin.SendAsync("GET", "/api/v1/services/near/source").JsonAsync())["problem"]!.GetValue<string>().ShouldBe(before);
        await NoticedAsync(running, "has no branch");
        await DiagnosedAsync("has no branch 'main' any more");
        GitCommand.Run(folder.Path, "branch", "--quiet", "--move", "next", "main");
        await DiagnosedAsync("made no run: the commit has no slipway.yaml");

        async Task DiagnosedAsync(string what)
        {
            string? line = null;
            for (var tries = 0; tries < 300 && line?.Contains(what, StringComparison.Ordinal) != true; tries++)
            {
                await Task.Delay(100, Cancel);
                line = (await running.Admin.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray().Single(each => each!["name"]!.GetValue<string>() == "repository of near")!.ToJsonString();
            }

            System.Text.Json.Nodes.JsonNode.Parse(line!)!["detail"]!.GetValue<string>().ShouldContain(what);
        }
    }

    private static async Task SetAsync(RunningServer running, params (string Service, string Repository)[] sources) => await running.Store.AppendAsync(new Append
    {
        Events = [.. sources.Select(source => new NewMessage(SourceFlow.ProcessOf(source.Service), "set", new SourceFlow().WriteEvent(new SourceSet(new SourceSpec(source.Repository, "main", null), new Actor("maren", "maren")))))],
    }, Cancel);

    private static async Task NoticedAsync(RunningServer running, string commit)
    {
        var seen = "";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (!seen.Contains(commit, StringComparison.Ordinal))
        {
            late.IsCancellationRequested.ShouldBeFalse(seen);
            await Task.Delay(100, Cancel);
            using var response = await running.Admin.SendAsync("GET", "/api/v1/services/near/source");
            seen = await response.Content.ReadAsStringAsync(Cancel);
        }
    }
}
