using System.Text;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>A test as a report tells of it; its texts cut to the bounds of <see cref="AttemptTests"/>.</summary>
internal sealed record TestCase
{
    public required string Name { get; init; }
    public string? Suite { get; init; }
    public AttemptTestOutcome Outcome { get; init; }

    /// <summary>Its runner tried it again, or an earlier try of the step saw it fail.</summary>
    public bool FailedBefore { get; init; }

    /// <summary>It failed and is in quarantine.</summary>
    public bool Quarantined { get; init; }
    public long Microseconds { get; init; }
    public string? Message { get; init; }
    public string? Stack { get; init; }

    public int NameBytes => Bytes(Name) + Bytes(Suite);
    public int TextBytes => NameBytes + Bytes(Message) + Bytes(Stack);

    /// <summary>The same test told of twice in one try: the worse of both, and the time of both.</summary>
    public TestCase And(TestCase other)
    {
        var (worse, better) = Badness(other.Outcome) > Badness(Outcome) ? (other, this) : (this, other);
        return worse with
        {
            FailedBefore = FailedBefore || other.FailedBefore,
            Microseconds = Microseconds + other.Microseconds,
            Message = worse.Message ?? better.Message,
            Stack = worse.Stack ?? better.Stack,
        };
    }

    /// <summary>A later try of its step: that one counts, and an earlier failure is remembered.</summary>
    public TestCase Then(TestCase later) => Outcome != AttemptTestOutcome.Failed && !FailedBefore ? later : later with
    {
        FailedBefore = true,
        Message = later.Message ?? Message,
        Stack = later.Stack ?? Stack,
    };

    /// <summary>
    /// A name that stays the same from run to run. Some runners write the class into the name as well; an over-long one is told from others that begin like it by a digest.
    /// </summary>
    public static string NameOf(string? group, string? name)
    {
        var whole = OneLine(string.IsNullOrWhiteSpace(name) ? string.IsNullOrWhiteSpace(group) ? "unnamed" : group
            : string.IsNullOrWhiteSpace(group) || HasClass(name, group) ? name : $"{group}.{name}");
        if (whole.Length <= AttemptTests.NameLength)
        {
            return whole;
        }
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..12];
        return $"{Cut(whole, AttemptTests.NameLength - digest.Length - 1)}…{digest}";
    }

    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => Clean(word, int.MaxValue)));

    /// <summary>Without what a terminal or a page could stumble over; cut between characters.</summary>
    public static string Clean(string text, int longest)
    {
        if (text.All(c => c is >= ' ' and < '\x7f' or > '\x9f' and < '\ud800' or > '\udfff' or '\n' or '\t'))
        {
            return text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest - 1), "…");
        }
        var clean = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > longest - 1 && longest != int.MaxValue)
            {
                return clean.Append('…').ToString();
            }
            if (!Rune.IsControl(rune) || rune.Value is '\n' or '\t')
            {
                clean.Append(rune);
            }
        }
        return clean.ToString();
    }

    private static bool HasClass(string name, string group) => name.StartsWith(group, StringComparison.Ordinal) && (name.Length == group.Length || !char.IsLetterOrDigit(name[group.Length]));

    private static string Cut(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static int Badness(AttemptTestOutcome outcome) => outcome switch { AttemptTestOutcome.Failed => 2, AttemptTestOutcome.Passed => 1, _ => 0 };
}
