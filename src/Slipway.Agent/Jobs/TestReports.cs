using System.Xml;

namespace Slipway.Agent.Jobs;

/// <summary>What a step's reports say of its tests.</summary>
/// <param name="Tests">How many there are.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Names">The first few of those.</param>
/// <param name="Problems">Reports that could not be read, each with the reason.</param>
internal sealed record TestCounts(int Tests, int Failed, IReadOnlyList<string> Names, IReadOnlyList<string> Problems);

/// <summary>Counts tests in JUnit and TRX files. They come from the build, which nobody vouches for: no document type, no other file, bounded size and depth.</summary>
internal static class TestReports
{
    private const int NamesKept = 3, NameLength = 120, MostDepth = 64;

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = AgentLimits.ReportBytes,
    };

    /// <param name="root">Names of files are told as they lie below it.</param>
    public static TestCounts Read(string root, IReadOnlyList<string> files)
    {
        var (tests, failed) = (0, 0);
        var names = new List<string>();
        var problems = new List<string>();
        foreach (var file in files)
        {
            try
            {
                using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (content.Length > AgentLimits.ReportBytes)
                {
                    throw new XmlException($"it has {content.Length} bytes; there may be {AgentLimits.ReportBytes}");
                }
                using var reader = XmlReader.Create(content, Safe);
                var (all, bad) = Read(reader, names);
                (tests, failed) = (tests + all, failed + bad);
            }
            catch (Exception unreadable) when (unreadable is XmlException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"{Path.GetRelativePath(root, file)}: {unreadable.Message}");
            }
        }
        return new(tests, failed, names, problems);
    }

    private static (int Tests, int Failed) Read(XmlReader reader, List<string> names)
    {
        var (tests, failed) = (0, 0);
        string? open = null;
        var counted = false;
        while (reader.Read())
        {
            if (reader.Depth > MostDepth)
            {
                throw new XmlException($"its elements are nested more than {MostDepth} deep");
            }
            if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName == "testcase")
            {
                open = null;
            }
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }
            switch (reader.LocalName)
            {
                case "testcase":
                    tests++;
                    counted = false;
                    open = reader.IsEmptyElement ? null : NameOf(reader.GetAttribute("classname"), reader.GetAttribute("name"));
                    break;
                case "failure" or "error" when open is not null && !counted:
                    counted = true;
                    failed++;
                    Keep(names, open);
                    break;
                case "UnitTestResult":
                    tests++;
                    if (reader.GetAttribute("outcome") is "Failed" or "Error" or "Timeout" or "Aborted")
                    {
                        failed++;
                        Keep(names, NameOf(null, reader.GetAttribute("testName")));
                    }
                    break;
            }
        }
        return (tests, failed);
    }

    private static void Keep(List<string> names, string name)
    {
        if (names.Count < NamesKept)
        {
            names.Add(name);
        }
    }

    private static string NameOf(string? group, string? name)
    {
        var whole = new string([.. (group is { Length: > 0 } ? $"{group}.{name}" : name ?? "unnamed").Take(NameLength).Select(c => char.IsControl(c) ? ' ' : c)]);
        return whole.Length < NameLength ? whole : whole + "…";
    }
}
