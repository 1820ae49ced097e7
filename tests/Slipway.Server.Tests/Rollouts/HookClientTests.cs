using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Tests.Rollouts;

public sealed class HookClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("169.253.1.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("2001:db8::1", false)]
    public void A_link_local_address_is_known_in_every_form(string address, bool expected) => HookClient.IsLinkLocal(IPAddress.Parse(address)).ShouldBe(expected);

    [Theory]
    [InlineData("http://169.254.169.254/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[fe80::1]/")]
    public async Task It_is_never_connected_to(string address)
    {
        using var client = HookClient.Make();
        var fault = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri(address), Cancel));
        fault.ToString().ShouldContain("link-local ones are never asked");
    }

    [Fact]
    public async Task A_redirect_comes_back_as_it_is()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerOnceAsync(listener);
        using var client = HookClient.Make();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), Cancel);
        await answering;
        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location.ShouldBe(new Uri("http://169.254.169.254/"));
    }

    private static async Task AnswerOnceAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync(Cancel);
        var stream = connection.GetStream();
        await stream.ReadAtLeastAsync(new byte[4096], 1, cancellationToken: Cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), Cancel);
    }
}
