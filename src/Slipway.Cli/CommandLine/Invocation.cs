using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.CommandLine;

/// <summary>One run of one command: its options' values, where it prints, the server it speaks with.</summary>
internal sealed class Invocation(CommandContext context, ParseResult result, CancellationToken cancel) : IDisposable
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private SlipwayClient? client;

    public Shell Shell => context.Shell;
    public CancellationToken Cancel => cancel;
    public bool Json => result.GetValue(context.Json);
    public DateTimeOffset Now => Shell.Time.GetUtcNow();
    public TextWriter Out => Shell.Out;

    public Ink Ink { get; } = new(context.Shell.OutIsTerminal && !result.GetValue(context.NoColor) && string.IsNullOrEmpty(context.Shell.Variable("NO_COLOR")));

    /// <summary>Connects at the first use, so that commands that need no server need none.</summary>
    public SlipwayClient Client => client ??= ServerAddress.Resolve(Shell, result.GetValue(context.Server), result.GetValue(context.Token)).Connect(Shell.Time);

    public ServerAddress Address => ServerAddress.Resolve(Shell, result.GetValue(context.Server), result.GetValue(context.Token));

    /// <summary>The token that was given for this command, as an option or a variable; null: none was.</summary>
    public string? GivenToken => result.GetValue(context.Token) ?? (Shell.Variable("SLIPWAY_TOKEN") is { Length: > 0 } token ? token : null);

    public T? Get<T>(Option<T> option) => result.GetValue(option);

    public T Get<T>(Argument<T> argument) => result.GetValue(argument)!;

    /// <summary>Whether the option stands on the command line.</summary>
    public bool Has(Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>With <c>--json</c> the document, else what <paramref name="print"/> prints.</summary>
    public void Answer<T>(T document, JsonTypeInfo<T> type, Action print)
    {
        if (Json)
        {
            Write(document, type, Readable);
        }
        else
        {
            print();
        }
    }

    /// <summary>The answer of a command that has done something to <paramref name="subject"/> and has no more to show.</summary>
    public void Done(string what, string subject, string sentence) =>
        Answer(new DoneDocument(what, subject), DoneJson.Default.DoneDocument, () => Out.WriteLine(sentence));

    /// <summary>One line of a stream: with <c>--json</c> the document on a line of its own, else <paramref name="line"/>. Seen at once.</summary>
    public void Stream<T>(T document, JsonTypeInfo<T> type, string line)
    {
        if (Json)
        {
            Write(document, type, OneLine);
        }
        else
        {
            Out.WriteLine(line);
        }

        Out.Flush();
    }

    /// <summary>A document of a stream of many, on a line of its own; seen with the next that is flushed.</summary>
    public void StreamUnflushed<T>(T document, JsonTypeInfo<T> type) => Write(document, type, OneLine);

    /// <summary>A remark for people; not with <c>--json</c>.</summary>
    public void Say(string line)
    {
        if (!Json)
        {
            Out.WriteLine(line);
        }
    }

    /// <summary>What a person answers to a question.</summary>
    /// <param name="otherwise">The answer of who just presses Enter.</param>
    /// <returns>Null: there is nobody to ask, since input or output is no terminal.</returns>
    public bool? Ask(string question, bool otherwise)
    {
        if (!Shell.InIsTerminal || !Shell.OutIsTerminal || Json)
        {
            return null;
        }

        Out.Write($"{question} [{(otherwise ? "Y/n" : "y/N")}] ");
        Out.Flush();
        return Shell.In.ReadLine()?.Trim() is { Length: > 0 } answer ? answer.StartsWith("y", StringComparison.OrdinalIgnoreCase) || (otherwise && !answer.StartsWith("n", StringComparison.OrdinalIgnoreCase)) : otherwise;
    }

    /// <summary>Columns that lines may have; null: as many as they like, since who reads a pipe does not wrap.</summary>
    public int? Width => Shell.OutIsTerminal ? Shell.Width : null;

    public Table Table(params ReadOnlySpan<string> headers) => new(Ink, Width, headers);

    /// <summary>As <see cref="Table"/>, of which nothing is cut.</summary>
    public Table WrappingTable(params ReadOnlySpan<string> headers) => new(Ink, Width, headers) { Wraps = true };

    public void Dispose() => client?.Dispose();

    private void Write<T>(T document, JsonTypeInfo<T> type, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            JsonSerializer.Serialize(writer, document, type);
        }

        Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
