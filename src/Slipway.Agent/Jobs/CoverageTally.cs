using System.Globalization;
using System.Xml;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>Lines that ran, by Cobertura files. A line that several files tell of, as those of several test projects do, counts once, and has run if any of them says so.</summary>
internal sealed class CoverageTally
{
    private const int MostLines = 2_000_000, MostNames = 50_000;

    // (package, file) to line to whether it ran.
    private readonly Dictionary<(string Package, string File), Dictionary<int, bool>> _files = [];
    private int _lines;

    /// <param name="root">Names of files are told as they lie below it.</param>
    /// <returns>Reports that could not be read, each with the reason.</returns>
    public IReadOnlyList<string> Read(string root, IReadOnlyList<string> files) => ReportXml.ReadAll(root, files, allowType: true, Read);

    /// <summary>Null: no line was told of.</summary>
    public AttemptCoverage? Sum()
    {
        if (_lines == 0)
        {
            return null;
        }
        var packages = _files.GroupBy(file => file.Key.Package).Select(package => new PackageCoverage(package.Key, package.Sum(file => file.Value.Values.LongCount(ran => ran)), package.Sum(file => (long)file.Value.Count)))
            .OrderBy(package => package.Name, StringComparer.Ordinal).ToList();
        return new(packages.Sum(package => package.Covered), packages.Sum(package => package.Valid), [.. packages.Take(AttemptTests.MostPackages)], Math.Max(0, packages.Count - AttemptTests.MostPackages));
    }

    private void Read(XmlReader reader)
    {
        if (!ReportXml.Next(reader) || reader.LocalName != "coverage")
        {
            throw new XmlException("its root is not a Cobertura report's");
        }
        var (package, inMethods) = ("", 0);
        Dictionary<int, bool>? lines = null;
        while (ReportXml.Next(reader))
        {
            switch (reader.NodeType, reader.LocalName)
            {
                case (XmlNodeType.Element, "package"):
                    package = Name(reader.GetAttribute("name"));
                    break;
                case (XmlNodeType.Element, "class"):
                    lines = LinesOf(package, Name(reader.GetAttribute("filename") ?? reader.GetAttribute("name")));
                    break;
                // A method's lines come once more as its class's.
                case (XmlNodeType.Element, "methods") when !reader.IsEmptyElement:
                    inMethods++;
                    break;
                case (XmlNodeType.EndElement, "methods"):
                    inMethods--;
                    break;
                case (XmlNodeType.Element, "line") when inMethods == 0 && lines is not null:
                    Add(lines, reader);
                    break;
            }
        }
    }

    private Dictionary<int, bool> LinesOf(string package, string file)
    {
        if (_files.TryGetValue((package, file), out var lines))
        {
            return lines;
        }
        return _files.Count < MostNames ? _files[(package, file)] = [] : throw new XmlException($"there are more than {MostNames} files in it");
    }

    private void Add(Dictionary<int, bool> lines, XmlReader reader)
    {
        if (!int.TryParse(reader.GetAttribute("number"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return;
        }
        // A count so large that it fits no number is still one that is not zero.
        var ran = reader.GetAttribute("hits") is { Length: > 0 } hits && hits.Any(digit => digit is >= '1' and <= '9');
        if (!lines.TryGetValue(number, out var before) && ++_lines > MostLines)
        {
            throw new XmlException($"there are more than {MostLines} lines in it");
        }
        lines[number] = before || ran;
    }

    private static string Name(string? name) => TestCase.NameOf(null, name is { Length: > 0 } ? name : ".");
}
