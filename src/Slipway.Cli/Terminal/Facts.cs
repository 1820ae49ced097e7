namespace Slipway.Cli.Terminal;

/// <summary>One thing as a list of its facts, names aligned; a fact without a value is left out.</summary>
internal sealed class Facts(Ink ink)
{
    private readonly List<(string Name, Cell Value)> facts = [];

    public Facts Add(string name, string? value, Tone tone = Tone.Plain)
    {
        if (!string.IsNullOrEmpty(value))
        {
            facts.Add((name, new(value, tone)));
        }

        return this;
    }

    public Facts Add(string name, Cell value) => Add(name, value.Text, value.Tone);

    public void WriteTo(TextWriter output, string indent = "")
    {
        var width = facts.Count == 0 ? 0 : facts.Max(fact => fact.Name.Length);
        foreach (var (name, value) in facts)
        {
            // Further lines of a value stand under its first.
            var lines = value.Text.TrimEnd().Split('\n');
            output.WriteLine($"{indent}{ink.Paint(name, Tone.Quiet)}{new string(' ', width - name.Length)}  {ink.Paint(lines[0], value.Tone)}");
            foreach (var line in lines.Skip(1))
            {
                output.WriteLine($"{indent}{new string(' ', width)}  {ink.Paint(line, value.Tone)}".TrimEnd());
            }
        }
    }
}
