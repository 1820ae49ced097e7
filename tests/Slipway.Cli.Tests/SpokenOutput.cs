using System.Text;

namespace Slipway.Cli.Tests;

/// <summary>What a command has written so far, readable while it runs.</summary>
internal sealed class SpokenOutput
{
    private readonly StringBuilder text = new();

    public SpokenOutput() => Writer = TextWriter.Synchronized(new StringWriter(text));

    public TextWriter Writer { get; }

    public string SoFar
    {
        get
        {
            // The synchronized writer locks itself at every call.
            lock (Writer)
            {
                return text.ToString();
            }
        }
    }
}
