namespace Slipway.Core.Definitions;

/// <summary>A part of a YAML file with its place; lines and columns count from 1.</summary>
internal abstract record Node(int Line, int Column)
{
    /// <summary>The file that it stands in; null: the one that is being read.</summary>
    public string? File { get; init; }

    /// <summary>An input of a template stands in it, so that nothing can be said of it before the template is used.</summary>
    public bool Open { get; init; }

    /// <summary>What this is, in words, for messages.</summary>
    public abstract string Kind { get; }
}

/// <param name="Plain">Written without quotes, so that it may stand for a number, a truth value or nothing.</param>
internal sealed record Scalar(int Line, int Column, string Text, bool Plain) : Node(Line, Column)
{
    /// <summary>The column that the text begins at, where it stands in the file on one line and character by character; null: it does not.</summary>
    public int? TextColumn { get; init; }

    public bool IsEmpty => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsEmpty ? "empty" : Shown;

    private string Shown => $"'{(Text.Length <= 40 ? Text : Text[..40] + "…")}'";
}

internal sealed record ListNode(int Line, int Column, IReadOnlyList<Node> Items) : Node(Line, Column)
{
    public override string Kind => "a list";
}

internal sealed record Entry(Scalar Key, Node Value);

/// <summary>Keys are unique: a second one was refused while reading.</summary>
internal sealed record MapNode(int Line, int Column, IReadOnlyList<Entry> Entries) : Node(Line, Column)
{
    public override string Kind => "a map";

    public Node? this[string key] => Find(key)?.Value;

    public Entry? Find(string key) => Entries.FirstOrDefault(e => e.Key.Text == key);

    /// <summary>Whether a key that is none of those allowed was probably meant to be this one: that is told at its place, and what follows from it need not be.</summary>
    public bool HasMisspelt(string key, IReadOnlyCollection<string> allowed) => Entries.Any(e => !allowed.Contains(e.Key.Text) && NearWords.Nearest(e.Key.Text, allowed) == key);

    public MapNode? Map(string key) => this[key] as MapNode;

    public IReadOnlyList<Node> List(string key) => this[key] is ListNode list ? list.Items : [];

    /// <summary>This with other entries.</summary>
    public MapNode Of(IEnumerable<Entry> entries) => new(Line, Column, [.. entries]) { File = File };

    /// <summary>This with <paramref name="over"/> laid on top: maps are merged key by key, all else is replaced. Every part keeps the place where it was written.</summary>
    public MapNode With(MapNode over)
    {
        var merged = Entries.Select(e => over.Find(e.Key.Text) is not { } winner ? e
            : e.Value is MapNode below && winner.Value is MapNode above ? new Entry(winner.Key, below.With(above))
            : winner);
        return new MapNode(over.Line, over.Column, [.. merged, .. over.Entries.Where(e => Find(e.Key.Text) is null)]) { File = over.File };
    }
}
