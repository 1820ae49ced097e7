using System.IO.Compression;
using System.Text;

namespace Slipway.Server.Tests;

public sealed class WebAppTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_of_the_app_get_a_fresh_nonce_each_and_its_files_their_packed_forms()
    {
        await using var running = await RunningServer.StartAsync();
        var root = Directory.CreateDirectory(Path.Combine(running.Data, "site"));
        Directory.CreateDirectory(Path.Combine(root.FullName, "assets"));
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "index.html"), "<script nonce=\"__CSP_NONCE__\"></script>", Cancel);
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "assets", "app-1a2b.js"), "plain", Cancel);
        await File.WriteAllBytesAsync(Path.Combine(root.FullName, "assets", "app-1a2b.js.br"), Packed("packed"), Cancel);
        await File.WriteAllTextAsync(Path.Combine(running.Data, "secret.txt"), "secret", Cancel);
        await using var site = await RunningServer.StartAsync(o => o with { WebRoot = root.FullName });

        var nonces = new List<string>();
        foreach (var path in new[] { "/", "/rollouts/shop-prod-1", "/services/shop/releases/1.0.0", "/index.html" })
        {
            using var page = await site.Anonymous.SendAsync("GET", path);
            var html = await page.Content.ReadAsStringAsync(Cancel);
            var nonce = html.Split('"')[1];
            nonce.Length.ShouldBe(24);
            page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain($"script-src 'self' 'nonce-{nonce}'");
            nonces.Add(nonce);
        }

        nonces.Distinct().Count().ShouldBe(4);
        using (var plain = await site.Anonymous.SendAsync("GET", "/assets/app-1a2b.js"))
        {
            (await plain.Content.ReadAsStringAsync(Cancel)).ShouldBe("plain");
            plain.Headers.CacheControl!.ToString().ShouldContain("immutable");
            plain.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        }

        using (var packed = await site.Anonymous.SendAsync("GET", "/assets/app-1a2b.js", null, ("Accept-Encoding", "gzip, br")))
        {
            packed.Content.Headers.ContentEncoding.ShouldBe(["br"]);
            await using var unpacked = new BrotliStream(await packed.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress);
            using var reader = new StreamReader(unpacked);
            (await reader.ReadToEndAsync(Cancel)).ShouldBe("packed");
        }

        foreach (var path in new[] { "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/nothing.js", "/assets/nothing.js", "/assets/nothing", "/favicon.ico" })
        {
            await site.Anonymous.SendAsync("GET", path).StatusAsync(404);
        }

        await site.Anonymous.SendAsync("POST", "/", "{}").StatusAsync(404);
    }

    [Fact]
    public async Task A_build_without_the_web_app_says_so()
    {
        await using var running = await RunningServer.StartAsync();
        using var response = await running.Anonymous.SendAsync("GET", "/");
        ((int)response.StatusCode).ShouldBe(404);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("no web app");
    }

    private static byte[] Packed(string text)
    {
        using var memory = new MemoryStream();
        using (var brotli = new BrotliStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(Encoding.UTF8.GetBytes(text));
        }

        return memory.ToArray();
    }
}
