using System.Text.Json.Nodes;

namespace Slipway.Client.Api;

/// <summary>A page of a list. <see cref="Next"/> goes into <c>?after=</c> for the page that follows; null: there is none.</summary>
public sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }
    public string? Next { get; init; }
}

/// <summary>An error as RFC 9457 describes it, with <see cref="Code"/> for programs and <see cref="NextStep"/> for people.</summary>
public sealed record ProblemDocument
{
    public string? Type { get; init; }
    public required string Title { get; init; }
    public required int Status { get; init; }
    public string? Detail { get; init; }

    /// <summary>A stable word for programs, such as <c>notFound</c>, <c>invalidDefinition</c>, <c>alreadyExists</c>, <c>notAllowed</c>.</summary>
    public string? Code { get; init; }

    /// <summary>What to do about it.</summary>
    public string? NextStep { get; init; }
    public IReadOnlyList<FileProblem>? Problems { get; init; }
}

/// <summary>One thing wrong in a file; line and column count from 1.</summary>
public sealed record FileProblem(string File, int Line, int Column, string Message, string? Suggestion = null);

/// <summary>Who is asking, as the server sees it.</summary>
public sealed record WhoAmI
{
    public required string Identity { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The verbs that this identity may use, such as <c>deploy</c> and <c>approve</c>.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required string Installation { get; init; }
    public required string Program { get; init; }
}

/// <summary>One ledger entry, also what the event stream carries (its id is <see cref="Index"/>).</summary>
public sealed record LedgerEntryView
{
    public required long Index { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Type { get; init; }
    public string? Service { get; init; }
    public string? Environment { get; init; }
    public string? Version { get; init; }
    public string? Promotion { get; init; }
    public required string Actor { get; init; }
    public JsonObject? Body { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string LeafHash { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Text { get; init; }
}

/// <summary>What came of checking every entry of the ledger against its hashes.</summary>
public sealed record LedgerVerificationView
{
    /// <summary>How many entries there are; where something is wrong, the index of the first one that is not what it was.</summary>
    public required long Entries { get; init; }

    /// <summary>What is wrong; null: nothing is.</summary>
    public string? Wrong { get; init; }

    /// <summary>The root of the tree over all entries, in hex; null where something is wrong.</summary>
    public string? Root { get; init; }
}
