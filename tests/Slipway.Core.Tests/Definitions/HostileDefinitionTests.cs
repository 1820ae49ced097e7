using System.Diagnostics;
using System.Text;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Tests.Definitions;

public sealed class HostileDefinitionTests
{
    private static IReadOnlyList<Problem> ReadFast(string text)
    {
        var watch = Stopwatch.StartNew();
        var problems = ServiceDefinitionReader.Read(text, "s.yaml", null).Problems;
        // Generous: what is guarded against takes minutes or all memory.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        problems.Count.ShouldBeLessThanOrEqualTo(Limits.DefinitionProblems + 1);
        return problems;
    }

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 30; i++)
        {
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        ReadFast(bomb.ToString()).ShouldContain(p => p.Message == "The alias '*a0' is not allowed." && p.Line == 2);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_is_refused(string opening) =>
        ReadFast("service: " + (opening is "- " or "? " ? "\n" : "") + string.Concat(Enumerable.Repeat(opening, 30_000))).ShouldContain(p => p.Message == "Nested deeper than 20 levels.");

    [Fact]
    public void A_huge_file_is_refused() =>
        ReadFast(new string('x', Limits.DefinitionBytes + 1)).ShouldHaveSingleItem().Message.ShouldBe("The file is larger than 256 KiB.");

    [Fact]
    public void Too_many_values_are_refused() =>
        ReadFast("x: [" + string.Concat(Enumerable.Repeat("1,", 20_000)) + "]").ShouldContain(p => p.Message == "The file has more than 10000 values.");

    [Fact]
    public void More_than_a_hundred_problems_are_cut()
    {
        var problems = ReadFast(string.Concat(Enumerable.Range(0, 3000).Select(i => $"k{i}: 1\n")));
        problems.Count.ShouldBe(Limits.DefinitionProblems + 1);
        problems[^1].Message.ShouldEndWith("more problems from here on.");
    }

    [Fact]
    public void No_mutation_of_a_reference_throws()
    {
        const string Alphabet = "\t\n :-[]{}'\"&*!%#,|>?\\$0aZé\0\u2028\ud800~";
        foreach (var kind in DefinitionReference.Kinds)
        {
            var reference = string.Join('\n', DefinitionReference.Text(kind)!.Split('\n').Where(l => !l.TrimStart().StartsWith('#')));
            for (var seed = 0; seed < 2000; seed++)
            {
                var random = new Random(seed);
                var text = new StringBuilder(reference);
                for (var change = random.Next(1, 6); change > 0; change--)
                {
                    var at = random.Next(text.Length);
                    var length = Math.Min(random.Next(1, 30), text.Length - at);
                    switch (random.Next(4))
                    {
                        case 0: text.Remove(at, length); break;
                        case 1: text.Insert(at, Alphabet[random.Next(Alphabet.Length)]); break;
                        case 2: text[at] = Alphabet[random.Next(Alphabet.Length)]; break;
                        default: text.Insert(random.Next(text.Length), text.ToString(at, length)); break;
                    }
                }

                try
                {
                    var (read, problems) = kind == "slipway"
                        ? ((object?)ServiceDefinitionReader.Read(text.ToString(), "f", null).Definition, ServiceDefinitionReader.Read(text.ToString(), "f", null).Problems)
                        : (PlatformDefinitionReader.Read(text.ToString(), "f").Definition, PlatformDefinitionReader.Read(text.ToString(), "f").Problems);
                    (read is null).ShouldBe(problems.Count > 0);
                    problems.ShouldAllBe(p => p.Line >= 1 && p.Column >= 1 && p.Message.Length > 0);
                }
                catch (Exception wrong)
                {
                    throw new InvalidOperationException($"Kind {kind}, seed {seed}:\n{text}", wrong);
                }
            }
        }
    }
}
