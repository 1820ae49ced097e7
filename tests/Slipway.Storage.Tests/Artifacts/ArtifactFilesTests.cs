using System.Security.Cryptography;
using System.Text;
using Slipway.Engine.Ports;
using Slipway.Storage.Artifacts;

namespace Slipway.Storage.Tests.Artifacts;

public sealed class ArtifactFilesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-artifacts-").FullName;
    private DateTimeOffset _now = Start;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_kept_is_listed_with_the_time_at_which_it_came_last()
    {
        var files = Open();
        var digest = await KeepAsync(files, "one");
        await KeepAsync(files, "two");
        files.List().Select(stored => stored.Digest).ShouldBe([digest, DigestOf("two")], ignoreOrder: true);
        files.Find(digest).ShouldBe(new StoredArtifact(digest, 3, Start));
        _now = Start.AddDays(3);
        await KeepAsync(files, "one");
        files.Find(digest)!.CameAt.ShouldBe(Start.AddDays(3), "bytes that come again are new again");
        Open().Find(digest)!.CameAt.ShouldBe(Start.AddDays(3), "after a restart as well");
        files.Find(DigestOf("three")).ShouldBeNull();
        files.Find("sha256:../../etc/passwd").ShouldBeNull();
    }

    [Fact]
    public async Task What_came_or_came_again_since_is_not_removed()
    {
        var files = Open();
        var digest = await KeepAsync(files, "one");
        files.Remove(digest, Start).ShouldBeFalse();
        _now = Start.AddDays(3);
        await KeepAsync(files, "one");
        files.Remove(digest, Start.AddDays(3)).ShouldBeFalse();
        files.Open(digest).ShouldNotBeNull().Dispose();
        files.Remove(digest, Start.AddDays(3).AddMilliseconds(1)).ShouldBeTrue();
        files.Open(digest).ShouldBeNull();
        files.Remove(digest, DateTimeOffset.MaxValue).ShouldBeFalse();
        files.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_reads_what_is_removed_reads_it_to_its_end()
    {
        var files = Open();
        var digest = await KeepAsync(files, "one");
        using var reader = new StreamReader(files.Open(digest)!);
        files.Remove(digest, DateTimeOffset.MaxValue).ShouldBeTrue();
        (await reader.ReadToEndAsync(Cancel)).ShouldBe("one");
    }

    [Fact]
    public async Task What_was_never_kept_or_was_cut_off_leaves_nothing_and_is_no_artifact()
    {
        var files = Open();
        await using (await files.StageAsync(new MemoryStream("one"u8.ToArray()), 100, Cancel))
        {
            files.List().ShouldBeEmpty();
        }

        await Should.ThrowAsync<IOException>(files.StageAsync(new BrokenStream(), 100, Cancel));
        Everything().ShouldBeEmpty();

        // A server that is killed cannot clean up; the next one does.
        var staged = await files.StageAsync(new MemoryStream("half"u8.ToArray()), 100, Cancel);
        Everything().Length.ShouldBe(1);
        Open().List().ShouldBeEmpty();
        Everything().ShouldBeEmpty();
        await staged.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_that_come_while_they_are_removed_over_and_over_are_there_in_the_end()
    {
        var files = Open();
        var digest = await KeepAsync(files, "one");
        for (var round = 0; round < 50; round++)
        {
            _now = _now.AddSeconds(1);
            var before = _now;
            var keeping = KeepAsync(files, "one");
            files.Remove(digest, before);
            await keeping;
            files.Find(digest).ShouldNotBeNull();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string DigestOf(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task<string> KeepAsync(ArtifactFiles files, string text)
    {
        await using var staged = await files.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 100, Cancel);
        await staged.KeepAsync(Cancel);
        return staged.Digest;
    }

    private ArtifactFiles Open() => new(_folder, () => _now);

    private string[] Everything() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);

    /// <summary>Gives some bytes, then breaks.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool _gave;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_gave)
            {
                throw new IOException("The connection broke.");
            }

            _gave = true;
            buffer.Span[0] = 1;
            return ValueTask.FromResult(1);
        }
    }
}
