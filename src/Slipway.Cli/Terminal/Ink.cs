namespace Slipway.Cli.Terminal;

/// <summary>What a piece of text means to the eye.</summary>
internal enum Tone { Plain, Strong, Quiet, Good, Warn, Bad }

/// <summary>Colours, where there are any: <see cref="Paint"/> gives the text back as it is when output is no terminal.</summary>
internal readonly record struct Ink(bool Enabled)
{
    public string Paint(string text, Tone tone)
    {
        if (!Enabled || tone == Tone.Plain || text.Length == 0)
        {
            return text;
        }

        var code = tone switch
        {
            Tone.Strong => "1",
            Tone.Quiet => "2",
            Tone.Good => "32",
            Tone.Warn => "33",
            Tone.Bad => "31",
            _ => throw new ArgumentOutOfRangeException(nameof(tone)),
        };
        return $"\e[{code}m{text}\e[0m";
    }
}
