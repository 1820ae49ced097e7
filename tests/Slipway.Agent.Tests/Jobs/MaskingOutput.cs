using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Agent.Jobs;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>What must not be shown, found in texts of all shapes.</summary>
public sealed class MaskingOutput : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-masks-").FullName;

    [Fact]
    public void However_a_text_is_cut_it_is_masked_as_if_every_value_were_looked_for_in_the_whole()
    {
        // Few letters, so that values overlap, repeat and lie in each other.
        var letters = Gen.Elements((byte)'a', (byte)'b', (byte)'c', (byte)'\n');
        var value = Gen.ArrayOf(Gen.Elements((byte)'a', (byte)'b', (byte)'c')).Where(bytes => bytes.Length is > 0 and < 9);
        var world = from text in Gen.ArrayOf(letters).Resize(200)
                    from values in Gen.NonEmptyListOf(value)
                    from cuts in Gen.NonEmptyListOf(Gen.Choose(1, 9))
                    select (text, values, cuts);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(world.ToArbitrary(), all =>
        {
            var set = MaskSet.None.With(all.values);
            Masked(set, all.text, [.. all.cuts]).ShouldBe(Naive(all.text, all.values));
            MaskedOutput.Of(set, all.text).ShouldBe(Encoding.UTF8.GetBytes(Naive(all.text, all.values)));
        }));
    }

    [Fact]
    public void A_value_that_is_named_while_its_beginning_is_held_is_masked_and_what_was_a_value_stays_one()
    {
        var shown = new MemoryStream();
        var output = new MaskedOutput(shown.Write);
        var set = MaskSet.None.With(["secret-one"u8.ToArray()]);
        output.Write(set, "begins secret-"u8);
        Encoding.UTF8.GetString(shown.ToArray()).ShouldBe("begins ");
        set = set.With(["secret-two"u8.ToArray()]);
        output.Write(set, "two secret-one secret-one"u8);
        output.Write(set, "secret-two, secret"u8);
        output.End();
        Encoding.UTF8.GetString(shown.ToArray()).ShouldBe("begins *** *** ***, secret");
    }

    [Fact]
    public void Nothing_is_held_behind_a_newline()
    {
        var shown = new MemoryStream();
        var output = new MaskedOutput(shown.Write);
        output.Write(MaskSet.None.With(["hunter22"u8.ToArray()]), "hunter\n"u8);
        Encoding.UTF8.GetString(shown.ToArray()).ShouldBe("hunter\n");
    }

    [Fact]
    public void The_lines_of_the_file_are_values_and_short_ones_are_refused_with_a_note()
    {
        var file = Path.Combine(_root, "masks");
        using var masks = new JobMasks();
        masks.Open(file);
        masks.Look().ShouldBeEmpty();
        File.AppendAllText(file, "first-value\r\nabc\n\nmüß\nlast-one");
        masks.Look().ShouldBe([
            "a line of 3 characters in $SLIPWAY_MASKS is not masked: with fewer than 4 it would stand in too much else",
            "a line of 3 characters in $SLIPWAY_MASKS is not masked: with fewer than 4 it would stand in too much else",
        ]);
        Shown(masks, "first-value abc last-one").ShouldBe("*** abc ***");
        masks.Look().ShouldBeEmpty();
        // Written anew with as many bytes: what was a value stays one.
        File.WriteAllText(file, "other-value\r\nabc\n\nmüß\nlast-one");
        masks.Look().ShouldBeEmpty();
        Shown(masks, "first-value other-value").ShouldBe("*** ***");
        File.WriteAllText(file, "x");
        masks.Look().ShouldBeEmpty();
        masks.Look(ended: true).ShouldBe(["a line of 1 character in $SLIPWAY_MASKS is not masked: with fewer than 4 it would stand in too much else"]);
    }

    [Fact]
    public void With_more_values_than_are_looked_for_nothing_is_shown_any_more()
    {
        var (file, path) = (Path.Combine(_root, "masks"), Path.Combine(_root, "log"));
        using var masks = new JobMasks();
        masks.Open(file);
        using (var log = new JobLog(path, TimeProvider.System, masks))
        {
            var output = log.Of(0);
            output.Write("before\n"u8);
            File.WriteAllText(file, string.Concat(Enumerable.Range(0, 2000).Select(n => $"value-{n}\n")));
            masks.Look().Single().ShouldContain("more than 16 KiB were written to $SLIPWAY_MASKS");
            output.Write("value-1999\n"u8);
            output.End();
        }
        File.ReadAllText(path).ShouldEndWith(" 0 before\n");
    }

    [Fact]
    public void A_value_across_the_cut_of_a_long_line_is_masked_and_so_is_what_the_agent_says()
    {
        var path = Path.Combine(_root, "log");
        using var masks = new JobMasks();
        masks.Add("slp_the_agents_token");
        masks.Add(null);
        using (var log = new JobLog(path, TimeProvider.System, masks))
        {
            var output = log.Of(0);
            output.Write(Encoding.UTF8.GetBytes(new string('x', AgentLimits.LogLineBytes - 7)));
            foreach (var each in "slp_the_agents_token yes\n"u8.ToArray())
            {
                output.Write([each]);
            }
            output.End();
            log.Say(JobLog.NoStep, "the server refused slp_the_agents_token");
            log.Masked("with slp_the_agents_token").ShouldBe("with ***");
        }
        var text = string.Concat(File.ReadAllLines(path).Select(line => line.Split(' ', 3)[2]));
        text.ShouldNotContain("token");
        text.ShouldEndWith("*** yes## the server refused ***");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Shown(JobMasks masks, string text) => Encoding.UTF8.GetString(MaskedOutput.Of(masks.Set, Encoding.UTF8.GetBytes(text)));

    private static string Masked(MaskSet set, byte[] text, List<int> cuts)
    {
        var shown = new MemoryStream();
        var output = new MaskedOutput(shown.Write);
        for (int at = 0, turn = 0; at < text.Length; turn++)
        {
            var take = Math.Min(cuts[turn % cuts.Count], text.Length - at);
            output.Write(set, text.AsSpan(at, take));
            at += take;
        }
        output.End();
        return Encoding.UTF8.GetString(shown.ToArray());
    }

    /// <summary>Every byte that any value covers anywhere, by looking everywhere.</summary>
    private static string Naive(byte[] text, IEnumerable<byte[]> values)
    {
        var covered = new bool[text.Length];
        foreach (var value in values)
        {
            for (var at = 0; at + value.Length <= text.Length; at++)
            {
                if (text.AsSpan(at, value.Length).SequenceEqual(value))
                {
                    covered.AsSpan(at, value.Length).Fill(true);
                }
            }
        }
        var shown = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            shown.Append(!covered[at] ? ((char)text[at]).ToString() : at == 0 || !covered[at - 1] ? "***" : "");
        }
        return shown.ToString();
    }
}
