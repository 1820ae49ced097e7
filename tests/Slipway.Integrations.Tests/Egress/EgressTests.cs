using System.Net;
using System.Net.Sockets;
using Slipway.Integrations.Egress;

namespace Slipway.Integrations.Tests.Egress;

public sealed class EgressTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf:ffff::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    public void Link_local_addresses_and_those_of_metadata_are_refused_in_every_form(string address) => EgressAddresses.AreRefused(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("172.16.0.1")]
    [InlineData("fd00::1")]
    [InlineData("fec0::1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.1")]
    [InlineData("8.8.8.8")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void All_others_are_not(string address) => EgressAddresses.AreRefused(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("http://127.0.0.1:2/")]
    [InlineData("https://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://me@127.0.0.1:1/")]
    public async Task A_request_to_another_origin_than_the_declared_one_is_not_sent(string url)
    {
        using var client = new EgressClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        await Should.ThrowAsync<EgressRefusedException>(() => client.SendAsync(new Uri("http://127.0.0.1:1/"), request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_refused_address_among_others_is_passed_over()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new EgressClient((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254"), IPAddress.Loopback]));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://metrics.test:{port}/");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sending = client.SendAsync(new Uri($"http://metrics.test:{port}"), request, over.Token);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        ((IPEndPoint)accepted.Client.RemoteEndPoint!).Address.ShouldBe(IPAddress.Loopback);
        await over.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }
}
