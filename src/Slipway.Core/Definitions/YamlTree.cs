using System.Text;
using Slipway.Core.Kernel;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Core.Definitions;

/// <summary>Reads the plain part of YAML into nodes: one document, no aliases, no tags, unique keys, within the limits. Hostile text costs no more than its size.</summary>
internal sealed class YamlTree
{
    private readonly Findings findings;
    private readonly Parser parser;
    private readonly List<(int First, int Last)> blocks = [];
    private readonly string? file;
    private int nodes;

    private YamlTree(string text, Findings findings, string? file)
    {
        this.file = file;
        this.findings = findings;
#pragma warning disable RS0030 // A StringReader reads memory; the parser takes nothing else.
        parser = new Parser(new System.IO.StringReader(text));
#pragma warning restore RS0030
    }

    /// <summary>The root map; null when there is none, and the findings then say why.</summary>
    /// <param name="file">Said of every node, where nodes of several files come together; null: they do not.</param>
    public static MapNode? Read(string text, Findings findings, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > Limits.DefinitionBytes || Encoding.UTF8.GetByteCount(text) > Limits.DefinitionBytes)
        {
            findings.Add(1, 1, $"The file is larger than {Limits.DefinitionBytes / 1024} KiB.", "Keep scripts and data in files of their own.");
            return null;
        }

        // Some editors begin a file with a byte order mark; YAML lets them.
        var plain = text.StartsWith('﻿') ? text[1..] : text;
        return new YamlTree(plain, findings, file).ReadFile(plain);
    }

    private MapNode? ReadFile(string text)
    {
        Node? root = null;
        (Mark Place, Mark End, string Message)? broken = null;
        try
        {
            root = ReadDocument();
        }
        catch (YamlException wrong)
        {
            // What begins far above (a map) is told where it breaks; what never ends (a quote) where it begins.
            var atEnd = wrong.Message.StartsWith("While parsing", StringComparison.Ordinal) || wrong.Message.StartsWith("While scanning a mapping", StringComparison.Ordinal);
            broken = (atEnd ? wrong.End : wrong.Start, wrong.End, Sentence(wrong.Message));
        }
        catch (TooMuch)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // The scanner's own answer to some broken texts, for instance a flow that leaves its block's indentation.
            var place = parser.Current?.End ?? Mark.Empty;
            broken = (place, place, "what follows here cannot be read.");
        }

        var tab = FindTabs(text);
        if (broken is { } fault && !(tab is not null && (tab <= (int)fault.End.Line + 1 || fault.Message.Contains(" tab ", StringComparison.Ordinal))))
        {
            findings.Add((int)fault.Place.Line, (int)fault.Place.Column, $"This is not YAML: {fault.Message}", "Check indentation, quotes and brackets here and on the line before.");
        }

        if (broken is not null || tab is not null)
        {
            return null;
        }

        switch (root)
        {
            case MapNode map:
                return map;
            case null or Scalar { IsEmpty: true }:
                findings.Add(1, 1, "The file is empty.", "'slipway docs' prints an annotated example.");
                return null;
            default:
                findings.Add(root, $"The file must be a map of keys, not {root.Kind}.");
                return null;
        }
    }

    private Node? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(1);
        parser.Consume<DocumentEnd>();
        if (parser.Current is DocumentStart second)
        {
            findings.Add((int)second.Start.Line, (int)second.Start.Column, "A second document begins here; a file holds one.", "Remove the '---' line and what follows it.");
        }

        return root;
    }

    private Node ReadNode(int depth)
    {
        if (++nodes > Limits.DefinitionNodes)
        {
            throw Stop($"The file has more than {Limits.DefinitionNodes} values.");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            Found(alias, $"The alias '*{alias.Value.Value}' is not allowed.", "Write the value out.");
            return new Scalar((int)alias.Start.Line, (int)alias.Start.Column, "", true) { File = file };
        }

        if (parser.Current is not NodeEvent node)
        {
            throw Stop("A value is expected here.");
        }

        if (!node.Tag.IsEmpty)
        {
            Found(node, $"The tag '{node.Tag.Value}' is not allowed.", "Write the value without it.");
        }

        if (!node.Anchor.IsEmpty)
        {
            Found(node, $"The anchor '&{node.Anchor.Value}' is not allowed.", "Write values out where they are used.");
        }

        if (depth > Limits.DefinitionDepth)
        {
            throw Stop($"Nested deeper than {Limits.DefinitionDepth} levels.");
        }

        return node switch
        {
            MappingStart => ReadMap(depth),
            SequenceStart => ReadList(depth),
            _ => ReadScalar(),
        };
    }

    private Scalar ReadScalar()
    {
        var scalar = parser.Consume<YamlDotNet.Core.Events.Scalar>();
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
        {
            blocks.Add(((int)scalar.Start.Line + 1, (int)scalar.End.Line));
        }

        var quote = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? 1 : 0;
        var asWritten = scalar.Start.Line == scalar.End.Line && scalar.End.Column - scalar.Start.Column == scalar.Value.Length + (2 * quote);
        return new Scalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain)
        {
            File = file,
            TextColumn = asWritten ? (int)scalar.Start.Column + quote : null,
        };
    }

    private ListNode ReadList(int depth)
    {
        var start = parser.Consume<SequenceStart>();
        List<Node> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ListNode((int)start.Start.Line, (int)start.Start.Column, items) { File = file };
    }

    private MapNode ReadMap(int depth)
    {
        var start = parser.Consume<MappingStart>();
        List<Entry> entries = [];
        Dictionary<string, Scalar> seen = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not Scalar name)
            {
                findings.Add(key, $"A key must be text, not {key.Kind}.");
            }
            else if (!seen.TryAdd(name.Text, name))
            {
                findings.Add(name, $"'{name.Text}' is given twice; first on line {seen[name.Text].Line}.", "Remove one of them.");
            }
            else
            {
                entries.Add(new Entry(name, value));
            }
        }

        return new MapNode((int)start.Start.Line, (int)start.Start.Column, entries) { File = file };
    }

    /// <summary>Adds every line indented with tabs, which YAML leaves without meaning; the first such line. Text blocks may hold tabs.</summary>
    private int? FindTabs(string text)
    {
        int? first = null;
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var indentation = content.Length - content.TrimStart(" \t").Length;
            var tab = content[..indentation].IndexOf('\t');
            if (tab >= 0 && indentation < content.Length && content[indentation] != '#' && !blocks.Exists(b => line >= b.First && line <= b.Last) && !findings.Full)
            {
                findings.Add(line, tab + 1, "A tab in the indentation.", "Indent with spaces.");
                first ??= line;
            }
        }

        return first;
    }

    private void Found(ParsingEvent place, string message, string suggestion)
    {
        findings.Add((int)place.Start.Line, (int)place.Start.Column, message, suggestion);
        if (findings.Full)
        {
            throw new TooMuch();
        }
    }

    private TooMuch Stop(string message)
    {
        var place = parser.Current?.Start ?? Mark.Empty;
        findings.Add((int)place.Line, (int)place.Column, message);
        return new TooMuch();
    }

    private static string Sentence(string message) => message.TrimEnd('.') + ".";

    /// <summary>Ends the reading; what is wrong has been found.</summary>
#pragma warning disable CA1064 // Never leaves this class.
    private sealed class TooMuch : Exception;
#pragma warning restore CA1064
}
