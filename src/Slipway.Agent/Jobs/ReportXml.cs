using System.Text;
using System.Xml;

namespace Slipway.Agent.Jobs;

/// <summary>Reads reports. They come from the build, which nobody vouches for: no document type, no entities, no other file, bounded size and depth.</summary>
internal static class ReportXml
{
    public const int MostDepth = 64;

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = AgentLimits.ReportBytes,
        // Runners write colour codes into messages, which XML does not have; the texts are cleaned where they are kept.
        CheckCharacters = false,
    };

    // Cobertura files name a document type that is never read; what it might define is refused where it is used.
    private static readonly XmlReaderSettings SafeWithType = With(DtdProcessing.Ignore);

    /// <summary>Reads each file in turn; of one that cannot be read the reason is told.</summary>
    /// <param name="root">Names of files are told as they lie below it.</param>
    /// <param name="allowType">Such files name a document type; it is passed over.</param>
    public static IReadOnlyList<string> ReadAll(string root, IReadOnlyList<string> files, bool allowType, Action<XmlReader> read)
    {
        var problems = new List<string>();
        var left = AgentLimits.AllReportBytes;
        foreach (var file in files)
        {
            try
            {
                using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (content.Length > AgentLimits.ReportBytes)
                {
                    throw new XmlException($"it has {content.Length} bytes; there may be {AgentLimits.ReportBytes}");
                }
                if ((left -= content.Length) < 0)
                {
                    throw new XmlException($"the reports of one step have at most {AgentLimits.AllReportBytes} bytes together");
                }
                using var reader = XmlReader.Create(content, allowType ? SafeWithType : Safe);
                read(reader);
            }
            catch (Exception unreadable) when (unreadable is XmlException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"{TestCase.OneLine(Path.GetRelativePath(root, file))}: {TestCase.OneLine(unreadable.Message)}");
            }
        }
        return problems;
    }

    /// <summary>The next element or end of one; false at the document's end.</summary>
    public static bool Next(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.Depth > MostDepth)
            {
                throw new XmlException($"its elements are nested more than {MostDepth} deep");
            }
            if (reader.NodeType is XmlNodeType.Element or XmlNodeType.EndElement)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The text in the element that the reader is on, cut; the reader is then on the element's end.</summary>
    public static string Text(XmlReader reader, int longest)
    {
        if (reader.IsEmptyElement)
        {
            return "";
        }
        var (text, depth, chunk) = (new StringBuilder(), reader.Depth, new char[4096]);
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.Depth > MostDepth)
            {
                throw new XmlException($"its elements are nested more than {MostDepth} deep");
            }
            // What is beyond the bound is never made a string of.
            while (text.Length <= longest && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace && reader.ReadValueChunk(chunk, 0, chunk.Length) is var count and > 0)
            {
                text.Append(chunk, 0, count);
            }
        }
        return TestCase.Clean(text.ToString().Trim(), longest);
    }

    private static XmlReaderSettings With(DtdProcessing processing)
    {
        var settings = Safe.Clone();
        settings.DtdProcessing = processing;
        return settings;
    }
}
