using System.Collections.Concurrent;
using System.Net;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Instances that die, refuse and come back.</summary>
public sealed class LosingInstances
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_connection_is_retried_on_another_instance_also_for_a_post_with_a_body()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address, RouterBackend.NobodyThere(), RouterBackend.NobodyThere())));
        for (var i = 0; i < 30; i++)
        {
            using var answer = await router.Http.PostAsync(Url + "/size", new ByteArrayContent(new byte[1000]), Cancel);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("1000");
        }

        await router.TotalBecomesAsync(new OutcomeCounts(30, 30, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Killing_an_instance_fails_only_what_it_was_working_on()
    {
        var (victim, victimAddress) = await RouterProcess.StartBackendAsync("victim");
        await using var _ = victim;
        await using var survivor = await RouterBackend.StartAsync("survivor");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, victimAddress, survivor.Address)));
        const int Clients = 8;
        ConcurrentBag<string> failures = [];
        using var done = new CancellationTokenSource();
        long answered = 0, byVictim = 0;
        var load = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                using var answer = await router.Http.PostAsync(Url, new ByteArrayContent(new byte[10]), Cancel);
                var text = await answer.Content.ReadAsStringAsync(Cancel);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    failures.Add(text);
                }

                Interlocked.Increment(ref answered);
                Interlocked.Add(ref byVictim, text == "victim" ? 1 : 0);
            }
        })).ToList();
        await Until.TrueAsync(() => Interlocked.Read(ref byVictim) > 100, "the victim answers too");
        victim.Kill();
        var seen = Interlocked.Read(ref answered);
        await Until.TrueAsync(() => Interlocked.Read(ref answered) > seen + 2000, "requests go on");
        await done.CancelAsync();
        await Task.WhenAll(load);

        // Only connections that were in use when it died can break.
        failures.Count.ShouldBeLessThanOrEqualTo(Clients, string.Join("\n", failures));
        await router.TotalBecomesAsync(new OutcomeCounts(answered, answered - failures.Count, 0, failures.Count, 0, 0));
    }

    [Fact]
    public async Task What_a_restarted_router_finds_down_is_nobodys_error_until_the_agent_lists_it_again()
    {
        var (instance, address) = await RouterProcess.StartBackendAsync("one");
        await using var _ = instance;
        await using var first = await RouterUnderTest.StartAsync();
        var configuration = Of(1, Set("v1", 100, address));
        await first.ApplyAsync(configuration);
        instance.Kill();
        await instance.EndAsync();
        await first.EndAsync();

        await using var second = await RouterUnderTest.StartAsync(first.Data);
        (await second.Http.GetAsync(Url, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await second.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 0, 0, NotServing: 1));

        // The agent says first that nobody is there, though an instance may listen already.
        await second.ApplyAsync(Of(2, Set("v1", 100)));
        (await second.Http.GetAsync(Url, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await second.TotalBecomesAsync(new OutcomeCounts(2, 0, 0, 0, 0, 0, NotServing: 2));
        await using var back = await RouterBackend.StartAsync("back");
        await second.ApplyAsync(Of(3, Set("v1", 100, back.Address)));
        (await second.Http.GetStringAsync(Url, Cancel)).ShouldBe("back");
        await second.ApplyAsync(Of(4, Set("v1", 100, RouterBackend.NobodyThere())));
        (await second.Http.GetAsync(Url, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);

        await second.TotalBecomesAsync(new OutcomeCounts(4, 1, 0, 1, 0, 0, NotServing: 2));
    }

    [Fact]
    public async Task An_instance_that_comes_back_is_used_again_by_itself()
    {
        await using var other = await RouterBackend.StartAsync("other");
        await using var router = await RouterUnderTest.StartAsync();
        var port = new Uri(RouterBackend.NobodyThere()).Port;
        await router.ApplyAsync(Of(1, Set("v1", 100, $"http://127.0.0.1:{port}", other.Address)));
        for (var i = 0; i < 20; i++)
        {
            (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("other");
        }

        await using var back = await RouterBackend.StartAsync("back", port);
        await Until.TrueAsync(() => router.Http.GetStringAsync(Url, Cancel).GetAwaiter().GetResult() == "back" ? "back" : null, TimeSpan.FromSeconds(60), () => "never used again");
    }

    [Fact]
    public async Task With_every_instance_gone_a_request_fails_once_and_the_next_tries_again()
    {
        await using var router = await RouterUnderTest.StartAsync();
        var port = new Uri(RouterBackend.NobodyThere()).Port;
        await router.ApplyAsync(Of(1, Set("v1", 100, $"http://127.0.0.1:{port}", RouterBackend.NobodyThere())));
        for (var i = 0; i < 3; i++)
        {
            (await router.Http.GetAsync(Url, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(3, 0, 0, 3, 0, 0));
        await using var back = await RouterBackend.StartAsync("back", port);
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("back", "an instance taken out is tried when there is no other");
    }

    [Fact]
    public async Task An_instance_that_left_the_configuration_is_let_go_of()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        await router.Http.GetStringAsync(Url, Cancel);
        ConnectionsTo(backend.Port).ShouldBeGreaterThan(0);
        await router.ApplyAsync(Of(2, Set("v1", 100)));
        await Until.TrueAsync(() => ConnectionsTo(backend.Port) == 0, "its idle connections are closed");
    }

    // /proc/net/tcp: remote address and state in hexadecimal; 01 is established.
    private static int ConnectionsTo(int port) => File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
        .Count(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var remote, "01", ..] && remote.EndsWith($":{port:X4}", StringComparison.Ordinal));
}
