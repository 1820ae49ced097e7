using System.Diagnostics;
using System.Security.Cryptography;
using Slipway.Engine.Ports;
using Slipway.Engine.Secrets;

namespace Slipway.Engine.Tests.Secrets;

public sealed class SecretTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-secrets-").FullName;

    [Fact]
    public void What_is_sealed_opens_with_its_key_and_for_its_purpose_alone()
    {
        var box = new SecretBox(new OneKey());
        var secret = box.Seal("tok-12345678", "credential/shop");
        box.Open(secret, "credential/shop").ShouldBe("tok-12345678");
        box.Open(secret, "credential/other").ShouldBeNull("nobody moves it to another service");
        new SecretBox(new OneKey()).Open(secret, "credential/shop").ShouldBeNull("another key");
        new SecretBox(new OneKey { Made = null }).Open(secret, "credential/shop").ShouldBeNull("no key");
        box.Seal("tok-12345678", "credential/shop").Text.ShouldNotBe(secret.Text, "the same secret is sealed anew each time");
        var text = Convert.FromBase64String(secret.Text);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text.ToArray();
            changed[i] ^= 1;
            box.Open(secret with { Text = Convert.ToBase64String(changed) }, "credential/shop").ShouldBeNull($"byte {i} was changed");
        }

        box.Open(secret with { Text = "no base64" }, "credential/shop").ShouldBeNull();
        box.Open(secret with { Text = "" }, "credential/shop").ShouldBeNull();
        box.Open(secret with { Nonce = "AA==" }, "credential/shop").ShouldBeNull();
    }

    [Fact]
    public void A_fingerprint_tells_secrets_apart_and_is_worth_nothing_without_the_key()
    {
        var (box, other) = (new SecretBox(new OneKey()), new SecretBox(new OneKey()));
        box.FingerprintOf("tok-12345678").ShouldBe(box.FingerprintOf("tok-12345678"));
        box.FingerprintOf("tok-12345678").ShouldNotBe(box.FingerprintOf("tok-12345679"));
        box.FingerprintOf("tok-12345678").ShouldNotBe(other.FingerprintOf("tok-12345678"));
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    [InlineData("ecdsa")]
    public void The_fingerprint_of_a_key_is_the_one_that_ssh_keygen_prints(string type)
    {
        var file = NewKey(type, "");
        SshPrivateKey.Check(File.ReadAllText(file), out var fingerprint).ShouldBeNull();
        Run("ssh-keygen", "-l", "-f", file).Split(' ')[1].ShouldBe(fingerprint);
    }

    [Fact]
    public void What_is_no_key_that_can_be_used_is_refused_with_the_way_out()
    {
        SshPrivateKey.Check(File.ReadAllText(NewKey("ed25519", "a passphrase")), out _)!.Value.What.ShouldContain("passphrase");
        SshPrivateKey.Check(File.ReadAllText(NewKey("ed25519", "") + ".pub"), out _)!.Value.What.ShouldContain("public key");
        SshPrivateKey.Check("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", out _)!.Value.WayOut.ShouldContain("ssh-keygen -p");
        SshPrivateKey.Check("hello", out _)!.Value.What.ShouldContain("no private key");
        var whole = File.ReadAllText(NewKey("ed25519", ""));
        var lines = whole.Split('\n');
        SshPrivateKey.Check(string.Join('\n', [lines[0], lines[1][..40], lines[^2], ""]), out _)!.Value.What.ShouldContain("damaged");
        SshPrivateKey.Check(whole.Replace(lines[1], "!" + lines[1][1..], StringComparison.Ordinal), out _)!.Value.What.ShouldContain("damaged");
        SshPrivateKey.Check("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----", out _)!.Value.What.ShouldContain("damaged");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string NewKey(string type, string passphrase)
    {
        var file = Path.Combine(_folder, $"{type}-{passphrase.Length}-{Directory.GetFiles(_folder).Length}");
        Run("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file);
        return file;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output.Trim();
    }

    private sealed class OneKey : ISecretKey
    {
        public byte[]? Made { get; init; } = RandomNumberGenerator.GetBytes(32);

        public string Place => "a key";

        public byte[]? Read() => Made;

        public byte[] ReadOrMake() => Made!;
    }
}
