using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Tests.Artifacts;

/// <summary>Packing and unpacking artifacts, honest and hostile.</summary>
public sealed class PackedArtifacts : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-pack-").FullName;
    private int _directories;

    [Fact]
    public void Any_tree_comes_back_as_it_was_and_the_order_and_times_of_its_files_do_not_matter()
    {
        var name = Gen.Elements("a", "b", "c d", "é", "lib", new string('x', 120));
        var path = from parts in name.NonEmptyListOf() where parts.Count <= 5 select string.Join('/', parts);
        var file = from p in path from content in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value)) from executable in Gen.Elements(true, false) select (p, content, executable);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(file.NonEmptyListOf().ToArbitrary(), files =>
        {
            var one = NewDirectory();
            var kept = files.Where(candidate => Write(one, candidate)).ToList();
            var other = NewDirectory();
            foreach (var again in Enumerable.Reverse(kept))
            {
                Write(other, again);
                File.SetLastWriteTimeUtc(Path.Combine(other, again.p), new DateTime(2001, 1, 1));
            }
            var (packed, outcome) = Pack(one);
            Pack(other).Outcome.ShouldBe(outcome);
            var unpacked = NewDirectory();
            Extract(packed, unpacked).ShouldBeOfType<ExtractOutcome.Extracted>();
            Tree(unpacked).ShouldBe(Tree(one));
            Pack(unpacked).Outcome.ShouldBe(outcome);
        }));
    }

    [Fact]
    public void The_digest_is_that_of_the_bytes_and_does_not_change_with_the_machine()
    {
        var directory = NewDirectory();
        Write(directory, ("bin/run", "#!/bin/sh\n"u8.ToArray(), true));
        File.CreateSymbolicLink(Path.Combine(directory, "start"), "bin/run");
        var (packed, outcome) = Pack(directory);
        outcome.Digest.ShouldBe("sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(packed)));
        outcome.PackedBytes.ShouldBe(packed.Length);
        outcome.Entries.ShouldBe(3);
        using var zip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var tar = new TarReader(zip);
        var entries = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            entry.ModificationTime.ShouldBe(DateTimeOffset.UnixEpoch);
            (entry.Uid, entry.Gid).ShouldBe((0, 0));
            entries.Add($"{entry.EntryType} {entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.LinkName}".TrimEnd());
        }
        entries.ShouldBe(["Directory bin/ 755", "RegularFile bin/run 755", "SymbolicLink start 755 bin/run"]);
    }

    [Fact]
    public void An_artifact_that_comes_from_the_tar_program_is_unpacked()
    {
        var directory = NewDirectory();
        Write(directory, ("app/" + new string('n', 90) + "/main.js", "hello"u8.ToArray(), false));
        Run("ln", "-s", "main.js", Path.Combine(directory, "app", new string('n', 90), "again.js"));
        Run("ln", Path.Combine(directory, "app", new string('n', 90), "main.js"), Path.Combine(directory, "app", "same.js"));
        foreach (var options in (string[][])[["-cf"], ["-czf"], ["--format=pax", "-czf"]])
        {
            var file = Path.Combine(_root, "from-tar");
            Run("tar", [.. options, file, "-C", directory, "."]);
            var unpacked = NewDirectory();
            Extract(File.ReadAllBytes(file), unpacked).ShouldBeOfType<ExtractOutcome.Extracted>();
            File.ReadAllText(Path.Combine(unpacked, "app", "same.js")).ShouldBe("hello");
            File.ReadAllText(Path.Combine(unpacked, "app", new string('n', 90), "again.js")).ShouldBe("hello");
        }
    }

    [Fact]
    public void Unpacked_files_are_read_only_and_keep_no_special_bits()
    {
        var packed = Tar(new PaxTarEntry(TarEntryType.RegularFile, "run") { Mode = (UnixFileMode)0b111_111_101_101, DataStream = new MemoryStream([1]) });
        var unpacked = NewDirectory();
        Extract(packed, unpacked).ShouldBeOfType<ExtractOutcome.Extracted>();
        ArtifactExtractor.Seal(unpacked);
        File.GetUnixFileMode(Path.Combine(unpacked, "run")).ShouldBe((UnixFileMode)0b101_101_101);
        File.GetUnixFileMode(unpacked).ShouldBe((UnixFileMode)0b101_101_101);
        ArtifactExtractor.Remove(unpacked);
        Directory.Exists(unpacked).ShouldBeFalse();
    }

    public static TheoryData<string, string> Hostile() => new()
    {
        { "../evil", "climbs out" },
        { "a/../../evil", "climbs out" },
        { "/etc/evil", "absolute" },
        { "a/" + new string('x', 256), "longer than 255" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_name_that_leads_out_is_refused_and_nothing_is_written_there(string name, string reason)
    {
        var unpacked = NewDirectory();
        Extract(Tar(Plain(name)), unpacked).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain(reason);
        Directory.GetFiles(_root, "evil", SearchOption.AllDirectories).ShouldBeEmpty();
        File.Exists("/etc/evil").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("../secret", "outside")]
    [InlineData("../../x/secret", "outside")]
    [InlineData("inside/../../secret", "'..' after a name")]
    public void A_link_that_may_lead_out_is_refused(string target, string reason)
    {
        Extract(Tar(Plain("file"), Link("link", target)), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain(reason);
    }

    [Fact]
    public void A_link_that_climbs_through_another_link_is_refused()
    {
        // a/b/up is the root; a/b/up/.. would be outside although its text stays inside.
        var archive = Tar(Plain("a/b/file"), Link("a/b/up", "../.."), Link("out", "a/b/up/../secret"));
        Extract(archive, NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Entry.ShouldBe("out");
    }

    [Fact]
    public void Nothing_is_written_through_a_link_or_over_what_is_there()
    {
        Extract(Tar(Plain("d/file"), Link("l", "d"), Plain("l/evil")), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("which is a link");
        Extract(Tar(Plain("f"), Plain("f/evil")), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("which is a file");
        Extract(Tar(Plain("f"), Plain("./f")), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("twice");
    }

    [Fact]
    public void Hard_links_out_devices_and_pipes_are_refused()
    {
        Extract(Tar(Plain("f"), new PaxTarEntry(TarEntryType.HardLink, "h") { LinkName = "/etc/passwd" }), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("hard link");
        Extract(Tar(Plain("f"), new PaxTarEntry(TarEntryType.HardLink, "h") { LinkName = "../f" }), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("hard link");
        Extract(Tar(Plain("f"), new PaxTarEntry(TarEntryType.HardLink, "h") { LinkName = "later" }), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("no file that came before");
        foreach (var type in (TarEntryType[])[TarEntryType.CharacterDevice, TarEntryType.BlockDevice, TarEntryType.Fifo])
        {
            Extract(Tar(Plain("f"), new PaxTarEntry(type, "special")), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("only files, directories and links");
        }
    }

    [Fact]
    public void Bounds_hold_for_count_size_ratio_and_headers()
    {
        var limits = new ArtifactLimits { MaxEntries = 10, MaxBytes = 1 << 20, RatioAllowance = 64 << 10, MaxRatio = 50, MaxHeaderBytes = 8 << 10 };
        Extract(Tar([.. Enumerable.Range(0, 11).Select(i => Plain($"f{i}"))]), NewDirectory(), limits).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("more than 10 entries");
        Extract(Tar(Plain(string.Join('/', Enumerable.Repeat("d", 12)))), NewDirectory(), limits).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("more than 10");
        var noise = new byte[(1 << 20) + 1];
        System.Security.Cryptography.RandomNumberGenerator.Fill(noise);
        Extract(Tar(Plain("big", noise)), NewDirectory(), limits).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("more than 1048576 bytes");
        Extract(Gzip(Tar(Plain("zeros", new byte[1 << 20]))), NewDirectory(), limits).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("50 times");
        var attributes = new PaxTarEntry(TarEntryType.RegularFile, "f", new Dictionary<string, string> { ["comment"] = new string('x', 20_000) });
        Extract(Tar(attributes), NewDirectory(), limits).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("headers");
    }

    [Fact]
    public void What_is_not_an_archive_is_refused_and_any_damage_is_found_or_harmless()
    {
        Extract("this is no archive at all"u8.ToArray(), NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>();
        Extract([], NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>();
        Extract(new byte[1024], NewDirectory()).ShouldBeOfType<ExtractOutcome.Refused>().Reason.ShouldContain("empty");
        var directory = NewDirectory();
        Write(directory, ("a/b", Encoding.ASCII.GetBytes(new string('q', 5000)), false));
        var (packed, _) = Pack(directory);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Gen.Choose(0, packed.Length - 1).Zip(Gen.Choose(0, 255)).ToArbitrary(), damage =>
        {
            var broken = (byte[])packed.Clone();
            broken[damage.Item1] = (byte)damage.Item2;
            var unpacked = NewDirectory();
            Extract(broken, unpacked).ShouldBeAssignableTo<ExtractOutcome>();
            Extract(packed[..damage.Item1], NewDirectory()).ShouldBeAssignableTo<ExtractOutcome>();
        }));
    }

    [Fact]
    public void A_directory_that_cannot_be_an_artifact_is_refused_with_its_reason()
    {
        var empty = NewDirectory();
        Directory.CreateDirectory(Path.Combine(empty, "only", "directories"));
        Refused(empty).Reason.ShouldContain("empty");
        Refused(Path.Combine(_root, "none")).Reason.ShouldContain("does not exist");
        var outward = NewDirectory();
        Write(outward, ("file", [1], false));
        File.CreateSymbolicLink(Path.Combine(outward, "link"), "/etc/passwd");
        Refused(outward).ShouldBe(new PackOutcome.Refused("link", "it is a link to the absolute path /etc/passwd; links must be relative and stay inside"));
        var pipe = NewDirectory();
        Write(pipe, ("file", [1], false));
        Run("mkfifo", Path.Combine(pipe, "pipe"));
        Refused(pipe).ShouldBe(new PackOutcome.Refused("pipe", "it is a device, socket or pipe; only files, directories and links can be in an artifact"));
        var many = NewDirectory();
        for (var i = 0; i < 5; i++)
        {
            Write(many, ($"f{i}", [1], false));
        }
        using var nowhere = new MemoryStream();
        ArtifactPacker.Pack(many, nowhere, new ArtifactLimits { MaxEntries = 4 }, TestContext.Current.CancellationToken).ShouldBeOfType<PackOutcome.Refused>();
        ArtifactPacker.Pack(many, nowhere, new ArtifactLimits { MaxBytes = 4 }, TestContext.Current.CancellationToken).ShouldBeOfType<PackOutcome.Refused>();
        ArtifactPacker.Pack(many, nowhere, new ArtifactLimits { MaxPackedBytes = 4 }, TestContext.Current.CancellationToken).ShouldBeOfType<PackOutcome.Refused>();
    }

    public void Dispose() => ArtifactExtractor.Remove(_root);

    private string NewDirectory() => Directory.CreateDirectory(Path.Combine(_root, $"d{++_directories}")).FullName;

    // A generated name may be a file in one entry and a directory in another; such entries are left out.
    private static bool Write(string directory, (string p, byte[] content, bool executable) file)
    {
        var path = Path.Combine(directory, file.p);
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > directory.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (File.Exists(parent))
            {
                return false;
            }
        }
        if (Directory.Exists(path) || File.Exists(path))
        {
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.content);
        File.SetUnixFileMode(path, file.executable ? (UnixFileMode)0b111_000_000 : (UnixFileMode)0b110_110_100);
        return true;
    }

    private static List<string> Tree(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(file => $"{Path.GetRelativePath(directory, file)} {File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute)} {Convert.ToHexString(File.ReadAllBytes(file))}").Order(StringComparer.Ordinal)];

    private static (byte[] Packed, PackOutcome.Packed Outcome) Pack(string directory)
    {
        using var packed = new MemoryStream();
        var outcome = ArtifactPacker.Pack(directory, packed, cancellation: TestContext.Current.CancellationToken).ShouldBeOfType<PackOutcome.Packed>();
        return (packed.ToArray(), outcome);
    }

    private static PackOutcome.Refused Refused(string directory)
    {
        using var packed = new MemoryStream();
        return ArtifactPacker.Pack(directory, packed, cancellation: TestContext.Current.CancellationToken).ShouldBeOfType<PackOutcome.Refused>();
    }

    private static ExtractOutcome Extract(byte[] packed, string directory, ArtifactLimits? limits = null)
    {
        using var stream = new MemoryStream(packed);
        return ArtifactExtractor.Extract(stream, directory, limits, TestContext.Current.CancellationToken);
    }

    private static PaxTarEntry Plain(string name, byte[]? content = null) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content ?? [42]) };

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static byte[] Tar(params TarEntry[] entries)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(bytes);
        }
        return stream.ToArray();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit(30_000).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }
}
