using Microsoft.AspNetCore.Http;
using Slipway.Cli.Commands.Instance;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class InstanceLogsTests
{
    [Theory]
    [InlineData("a\nb\n", "a\nb\nc\n", "c\n")]
    [InlineData("a\nb\n", "a\nb\n", "")]
    [InlineData("", "a\n", "a\n")]
    [InlineData("a\nb\n", "x\ny\n", "x\ny\n")]
    public void Following_prints_what_is_new(string earlier, string later, string news) => Logs.WhatIsNew(earlier, later).ShouldBe(news);

    [Fact]
    public void A_tail_that_has_moved_on_is_joined_where_the_last_one_ended()
    {
        var all = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        var earlier = all[..100_000][^65_536..];
        var later = all[..120_000][^65_536..];

        Logs.WhatIsNew(earlier, later).ShouldBe(all[100_000..120_000]);
    }

    [Fact]
    public async Task Output_is_printed_as_it_is()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/instances/i-7/logs?tail=65536", context => context.Response.WriteAsync("one\ntwo\n"));

        (await CliRun.Of(server, "instance", "logs", "i-7")).Out.ShouldBe("one\ntwo\n");
        (await CliRun.Of(server, "instance", "logs", "i-7", "--json")).Out.ShouldBe("{\"instance\":\"i-7\",\"text\":\"one\"}\n{\"instance\":\"i-7\",\"text\":\"two\"}\n");
    }

    [Fact]
    public async Task An_instance_of_one_of_several_agents_is_asked_of_that_agent()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/instances/ringed-2/logs?agent=r1&tail=65536", context => context.Response.WriteAsync("start 2.0.0\n"));

        (await CliRun.Of(server, "instance", "logs", "r1/ringed-2")).Out.ShouldBe("start 2.0.0\n");
    }
}
