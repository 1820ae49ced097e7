using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Slipway.Client.Artifacts;

namespace Slipway.Bench.Pipelines;

/// <summary>Packs 10,000 files of 500 MB together as an artifact, beside the system's tar whose output the same compressor takes, in alternating rounds. Nothing is written: only packing is measured.</summary>
public sealed class PackBenchmark : IBenchmark
{
    private const int Files = 10_000, FileBytes = 50_000, FilesInFolder = 100, Rounds = 3;

    public string Name => "pack";
    public string Summary => "packing 10,000 files of 500 MB beside tar and the same compressor";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-bench-");
        try
        {
            Fill(folder.FullName);
            List<double> pack = [], tar = [];
            for (var round = -1; round < Rounds; round++)
            {
                var (packed, plain) = (Pack(folder.FullName, cancel), await TarAsync(folder.FullName, cancel));
                if (round >= 0)
                {
                    // The first round also reads the files into memory.
                    pack.Add(packed);
                    tar.Add(plain);
                }
            }

            var ours = new Figure("packing", Median(pack), "MB/s");
            var theirs = new Figure("tar and the same compressor", Median(tar), "MB/s");
            var ratio = new Figure("packing over tar", ours.Value / theirs.Value, "ratio");
            return new Outcome([ours, theirs, ratio], [Goal.Least(ratio, 0.8)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Like source and compiled code: words that repeat, some of it new. The same bytes each time.</summary>
    private static void Fill(string folder)
    {
        var random = new Random(7);
        var words = Enumerable.Range(0, 4000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 12)).Select(_ => (char)('a' + random.Next(26))))).ToArray();
        for (var file = 0; file < Files; file++)
        {
            var text = new StringBuilder(FileBytes + 20);
            while (text.Length < FileBytes)
            {
                text.Append(random.Next(20) == 0 ? random.NextInt64().ToString("x") : words[Math.Min(random.Next(words.Length), random.Next(words.Length))]).Append(random.Next(8) == 0 ? '\n' : ' ');
            }

            var inner = Directory.CreateDirectory(Path.Combine(folder, $"folder-{file / FilesInFolder}")).FullName;
            File.WriteAllText(Path.Combine(inner, $"file-{file}.txt"), text.ToString(0, FileBytes));
        }
    }

    private static double Pack(string folder, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        return ArtifactPacker.Pack(folder, Stream.Null, cancellation: cancel) is PackOutcome.Packed packed && packed.Bytes == (long)Files * FileBytes
            ? Rate(watch)
            : throw new InvalidOperationException("The folder was not packed.");
    }

    private static async Task<double> TarAsync(string folder, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        using var tar = Process.Start(new ProcessStartInfo("tar", ["--create", "--sort=name", "--format=gnu", "."]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        await using (var zip = new GZipStream(Stream.Null, CompressionLevel.Optimal))
        {
            await tar.StandardOutput.BaseStream.CopyToAsync(zip, cancel);
        }

        await tar.WaitForExitAsync(cancel);
        return tar.ExitCode == 0 ? Rate(watch) : throw new InvalidOperationException("tar failed.");
    }

    private static double Rate(Stopwatch watch) => (double)Files * FileBytes / 1e6 / watch.Elapsed.TotalSeconds;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
