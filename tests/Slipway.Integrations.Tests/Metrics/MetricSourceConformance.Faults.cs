using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Slipway.Engine.Ports;
using Slipway.Integrations.Egress;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Tests.Metrics;

// Where the trouble is the connection, or whoever is at its other end.
public abstract partial class MetricSourceConformance
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_huge_answer_is_cut_whether_its_length_is_said_or_not(bool said)
    {
        var sent = 0L;
        Server.Answer = async (_, stream, cancel) =>
        {
            await RawServer.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nConnection: close\r\n{(said ? "Content-Length: 1000000000000\r\n" : "")}\r\n\"");
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)'x');
            while (true)
            {
                await stream.WriteAsync(block, cancel);
                Interlocked.Add(ref sent, block.Length);
            }
        };
        await FailsAsync("answered with more than 1 MiB", retryable: false);

        // What is sent beyond the mebibyte is on its way between the two, and read by nobody.
        Interlocked.Read(ref sent).ShouldBeLessThan(32 * 1024 * 1024);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var other = new RawServer();
        Server.Says("", 302, more: $"Location: {other.Url}/secret\r\n");
        await FailsAsync($"redirects to {other.Url}/secret (302)", retryable: false);
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_encoding_that_was_not_asked_for_is_no_answer()
    {
        Server.Says("x", more: "Content-Encoding: gzip\r\n");
        await FailsAsync("in the encoding gzip", retryable: false);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task A_status_that_is_no_success_is_told_with_the_words_behind_it(int status, bool retryable)
    {
        Server.Says("too\u0007 many\n\n cooks", status, "text/plain");
        var failed = await FailsAsync($"({status}): too many cooks", retryable, retries: 1);
        failed.Tries.Count.ShouldBe(retryable ? 2 : 1);
    }

    [Fact]
    public async Task What_passes_is_tried_again_after_growing_waits()
    {
        Server.Answer = (_, stream, _) => Server.Requests.Count < 3 ? RawServer.SendAsync(stream, 503, "") : RawServer.SendAsync(stream, 200, One("1", Asked));
        var answer = await AskAsync(retries: 2);
        answer.ShouldBeOfType<MetricAnswer.Value>();
        answer.Tries.Select(t => t.Words[..3] == "200").ShouldBe([false, false, true]);
        (answer.Tries[1].At - answer.Tries[0].At).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(200));
        (answer.Tries[2].At - answer.Tries[1].At).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(450));
    }

    [Fact]
    public async Task A_source_that_hangs_is_given_up_each_time()
    {
        Server.Answer = (_, _, cancel) => Task.Delay(Timeout.Infinite, cancel);
        var failed = await FailsAsync("did not answer within 200ms", retryable: true, retries: 1);
        failed.Tries.Count.ShouldBe(2);
        failed.Tries.ShouldAllBe(t => t.Took < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_drip_is_cut_by_the_time_of_the_whole_try()
    {
        Server.Answer = async (_, stream, cancel) =>
        {
            await RawServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while (true)
            {
                await RawServer.WriteAsync(stream, " ");
                await Task.Delay(50, cancel);
            }
        };
        var begin = Stopwatch.GetTimestamp();
        await FailsAsync("did not end its answer within 200ms", retryable: true);
        Stopwatch.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task All_tries_end_within_one_deadline()
    {
        // Time that is measured passes a hundred times as fast as timers run.
        using var hurried = new MetricAdapters(new HurriedClock());
        Server.Answer = (_, _, cancel) => Task.Delay(Timeout.Infinite, cancel);
        var answer = await hurried.Make(Source(retries: 5)).AskAsync(Question(new MetricSpan.Moment(Asked)), Cancel);
        answer.ShouldBeOfType<MetricAnswer.Failed>().Retryable.ShouldBeTrue();
        answer.Tries.Count.ShouldBeLessThan(4);
    }

    [Fact]
    public async Task Nobody_listening_is_told_and_tried_again()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        (await FailsAsync($"Nothing listens at {address}.", retryable: true, retries: 1, url: $"http://{address}")).Tries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_may_pass()
    {
        Server.Answer = (_, stream, _) => RawServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{");
        await FailsAsync("", retryable: true);
    }

    [Fact]
    public async Task What_is_not_HTTP_is_no_answer()
    {
        Server.Answer = (_, stream, _) => RawServer.WriteAsync(stream, "SSH-2.0-OpenSSH_9.2\r\n");
        await FailsAsync("", retryable: false);
    }

    [Fact]
    public async Task A_name_that_leads_to_a_link_local_address_is_not_connected_to()
    {
        using var client = new EgressClient((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254"), IPAddress.Parse("fe80::1")]));
        using var resolving = new MetricAdapters(client, TimeProvider.System);
        var answer = await resolving.Make(Source(url: "http://metrics.test", retries: 3)).AskAsync(Question(new MetricSpan.Moment(Asked)), Cancel);
        answer.ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldStartWith("metrics.test leads to 169.254.169.254 and fe80::1, which is link-local");
        answer.Tries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_name_without_addresses_is_told()
    {
        using var client = new EgressClient((_, _) => throw new SocketException((int)SocketError.HostNotFound));
        using var resolving = new MetricAdapters(client, TimeProvider.System);
        var answer = await resolving.Make(Source(url: "http://metrics.test", retries: 0)).AskAsync(Question(new MetricSpan.Moment(Asked)), Cancel);
        answer.ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldBe("No host has the name metrics.test, or it cannot be looked up.");
    }

    private sealed class HurriedClock : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 100;
    }
}
