using Slipway.Client.Artifacts;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests.Artifacts;

/// <summary>The same tree has the same digest, on whichever way it came, and whatever machine it lay on.</summary>
public sealed class PackingTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-packing-").FullName;
    private int _trees;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Umask_times_and_order_do_not_matter()
    {
        var (digest, _) = Pack(Tree(group: false, reversed: false));
        Pack(Tree(group: true, reversed: true)).Digest.ShouldBe(digest);

        // Of the tar itself, which is the same on every machine.
        Uncompressed(Tree(group: false, reversed: false)).ShouldBe("824350e2c9adad9fe9bcb1a4ce3a070aef1f20bd0ab10d0969ccc8626d1d86bc");
    }

    [Fact]
    public void What_a_program_would_see_matters()
    {
        var tree = Tree(group: false, reversed: false);
        var (digest, _) = Pack(tree);
        File.SetUnixFileMode(Path.Combine(tree, "dist", "a"), Owner | UnixFileMode.UserExecute);
        Pack(tree).Digest.ShouldNotBe(digest);
    }

    [Fact]
    public async Task Outputs_that_went_through_an_agent_and_the_server_make_the_artifact_that_the_tree_itself_makes()
    {
        await using var running = await RunningServer.StartAsync();
        var tree = Tree(group: true, reversed: true);
        var (direct, _) = Pack(Path.Combine(tree, "dist"));

        // As an agent packs a job's outputs, and the server makes the artifact of them.
        var outputs = new MemoryStream();
        var packed = ArtifactPacker.Pack(tree, ["dist", "report.txt"], outputs, cancellation: Cancel).ShouldBeOfType<PackOutcome.Packed>();
        outputs.Position = 0;
        var files = running.Part<IArtifactStore>();
        await using (var staged = await files.StageAsync(outputs, long.MaxValue, Cancel))
        {
            staged.Digest.ShouldBe(packed.Digest);
            await staged.KeepAsync(Cancel);
        }

        var made = (await running.Part<IArtifactPacker>().PackAsync(packed.Digest, "dist", Cancel)).ShouldBeOfType<PackedFrom.Packed>();
        made.Digest.ShouldBe(direct);
        files.Find(made.Digest)!.Bytes.ShouldBe(made.Bytes);
        (await running.Part<IArtifactPacker>().PackAsync(packed.Digest, "dist", Cancel)).ShouldBe(made, "and again");

        // A single file is packed as a folder with nothing else in it.
        var alone = Directory.CreateDirectory(Path.Combine(_root, "alone")).FullName;
        File.Copy(Path.Combine(tree, "report.txt"), Path.Combine(alone, "report.txt"));
        (await running.Part<IArtifactPacker>().PackAsync(packed.Digest, "report.txt", Cancel)).ShouldBeOfType<PackedFrom.Packed>().Digest.ShouldBe(Pack(alone).Digest);
    }

    public void Dispose() => ArtifactExtractor.Remove(_root);

    private static (string Digest, byte[] Bytes) Pack(string tree)
    {
        var bytes = new MemoryStream();
        return (ArtifactPacker.Pack(tree, bytes, cancellation: Cancel).ShouldBeOfType<PackOutcome.Packed>().Digest, bytes.ToArray());
    }

    /// <summary>The digest of the tar without its compression, which could differ with the runtime.</summary>
    private static string Uncompressed(string tree)
    {
        using var zip = new System.IO.Compression.GZipStream(new MemoryStream(Pack(tree).Bytes), System.IO.Compression.CompressionMode.Decompress);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(zip));
    }

    /// <summary>The same content each time, made under another umask, in another order, at another time.</summary>
    private string Tree(bool group, bool reversed)
    {
        var tree = Directory.CreateDirectory(Path.Combine(_root, $"{++_trees}")).FullName;
        (string Name, string Text, bool Runs)[] files =
        [
            ("dist/a", "a", false), ("dist/B", "B", false), ("dist/i", "i", false), ("dist/I", "I", false), ("dist/ä", "ä", false), ("dist/z-1", "z", false), ("dist/z/1", "1", false), ("dist/run", "#!/bin/sh\n", true),
            ("report.txt", "all is well", false),
        ];
        var more = group ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead : UnixFileMode.None;
        var time = new DateTime(2001 + _trees, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        foreach (var (name, text, runs) in reversed ? files.Reverse() : files)
        {
            var path = Path.Combine(tree, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, Owner | UnixFileMode.UserExecute | more);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, Owner | more | (runs ? UnixFileMode.UserExecute : UnixFileMode.None) | (runs && group ? UnixFileMode.GroupExecute : UnixFileMode.None));
            File.SetLastWriteTimeUtc(path, time);
        }

        Directory.CreateDirectory(Path.Combine(tree, "dist", "empty"));
        File.CreateSymbolicLink(Path.Combine(tree, "dist", "link"), "z/1");
        return tree;
    }
}
