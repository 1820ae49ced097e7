namespace Slipway.Testing;

/// <summary>Compares a text with a checked-in file; writes it instead when SLIPWAY_UPDATE_SNAPSHOTS=1.</summary>
internal static class Snapshot
{
    public static bool Updates { get; } = Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS") == "1";

    public static void Matches(string path, string text)
    {
        var file = Path.Combine(Checkout.Root, path);
        if (Updates)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        File.Exists(file).ShouldBeTrue($"{path} is not there; run the test with SLIPWAY_UPDATE_SNAPSHOTS=1");
        var difference = Difference(File.ReadAllLines(file), text.Split('\n'));
        difference.ShouldBeEmpty($"{path} differs; if that is meant, run the test with SLIPWAY_UPDATE_SNAPSHOTS=1:\n{string.Join('\n', difference)}");
    }

    /// <summary>Lines that only one side has, in order, with their number: enough to see what changed in a table.</summary>
    private static List<string> Difference(string[] before, string[] now)
    {
        var trimmed = now.Length > 0 && now[^1].Length == 0 ? now[..^1] : now;
        var old = before.ToHashSet(StringComparer.Ordinal);
        var added = trimmed.ToHashSet(StringComparer.Ordinal);
        List<string> lines =
        [
            .. before.Index().Where(l => !added.Contains(l.Item)).Select(l => $"- {l.Index + 1,4}: {l.Item}"),
            .. trimmed.Index().Where(l => !old.Contains(l.Item)).Select(l => $"+ {l.Index + 1,4}: {l.Item}"),
        ];
        return lines.Count == 0 && !before.SequenceEqual(trimmed) ? ["the same lines in another order"] : lines;
    }
}
