using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;

namespace Slipway.Server.Environments;

/// <summary>
/// The folder with <c>platform.yaml</c> and the templates of checks beside it, which are in force together. A wrong file refuses the start; a file that becomes wrong later is named in the log and by the doctor, and what was in
/// force stays.
/// </summary>
internal sealed partial class PlatformFolder(ServerOptions options, ServerParts parts, KeptPlatform kept, WaitingPromotions waiting, TimeProvider time, ILogger<PlatformFolder> log) : BackgroundService
{
    private const string FileName = "platform.yaml";
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private PlatformTexts seen = parts.PlatformTexts;

    /// <summary>What is in force and not kept yet.</summary>
    private PlatformTexts? toKeep = parts.PlatformTexts;

    /// <summary>What is wrong with the file as it is now; empty: it is in force.</summary>
    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public static string FileOf(ServerOptions options) => options.PlatformDirectory is { } folder ? Path.Combine(folder, FileName) : FileIn(options.DataDirectory);

    /// <summary>The file of a data directory that no other folder is named for.</summary>
    public static string FileIn(string dataDirectory) => Path.Combine(dataDirectory, "platform", FileName);

    /// <summary>Reads the file at the start; writes the default one into a data directory that has none.</summary>
    /// <exception cref="ServerStartException">It is not there, or wrong.</exception>
    internal static (PlatformDefinition Definition, PlatformTexts Texts) Load(ServerOptions options)
    {
        var file = FileOf(options);
        if (!File.Exists(file))
        {
            if (options.PlatformDirectory is not null)
            {
                throw new ServerStartException($"There is no platform.yaml in '{options.PlatformDirectory}'.", "Name another folder, or write the file: `slipway docs platform` shows every key.") { IsWrongUsage = true };
            }

            Write(file, options.DefaultPlatform ?? PlatformDefaults.Yaml);
        }

        var texts = TextsOf(file);
        var result = PlatformDefinitionReader.Read(texts.Platform, file, texts.Checks);
        return result.Definition is { } definition ? (definition, texts)
            : throw new ServerStartException($"{result.Problems[0].File} cannot be used.", "Mend it and start again; `slipway docs platform` and `slipway docs check` show every key.", result.Problems);
    }

    /// <summary>Makes the file, for its owner's eyes.</summary>
    public static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var made = new StreamWriter(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        made.Write(text);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var file = FileOf(options);
        using var timer = new PeriodicTimer(LookAgain, time);
        do
        {
            try
            {
                await LookAsync(file, stoppingToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or StoreUnavailableException)
            {
                // What is in force stays; the next look may see more.
                LogUnreadable(fault, file);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(string file, CancellationToken cancel)
    {
        var texts = TextsOf(file);
        if (!texts.Equals(seen))
        {
            await TakeAsync(file, texts, cancel);
        }

        if (toKeep is { } inForce)
        {
            await kept.KeepAsync(inForce.Platform, inForce.Checks.ToDictionary(c => Path.GetFileName(c.Path), c => c.Text, StringComparer.Ordinal), parts.Platform.Current.Environments.Select(e => e.Name), cancel);
            toKeep = null;
        }
    }

    private async Task TakeAsync(string file, PlatformTexts texts, CancellationToken cancel)
    {
        var result = PlatformDefinitionReader.Read(texts.Platform, file, texts.Checks);
        Problems = result.Problems;
        if (result.Definition is { } next)
        {
            parts.Platform.Replace(next);
            toKeep = texts;
            LogReplaced(file);
            await waiting.TouchAsync(null, null, cancel);
        }
        else
        {
            LogWrong(file, string.Join("; ", result.Problems));
        }

        seen = texts;
    }

    private static PlatformTexts TextsOf(string file) => new(File.Exists(file) ? Text(file) : "", CheckFiles.In(CheckFiles.FolderBeside(file)));

    private static string Text(string file) => new FileInfo(file).Length > MostBytes
        ? throw new IOException($"'{file}' has more than {MostBytes} bytes.")
        : File.ReadAllText(file);

    [LoggerMessage(1201, LogLevel.Information, "{File} changed and is in force.")]
    private partial void LogReplaced(string file);

    [LoggerMessage(1202, LogLevel.Error, "{File} changed and cannot be used; what was in force stays. {Problems}")]
    private partial void LogWrong(string file, string problems);

    [LoggerMessage(1203, LogLevel.Warning, "{File} cannot be read; what was in force stays.")]
    private partial void LogUnreadable(Exception fault, string file);
}
