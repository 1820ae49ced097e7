using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Slipway.Cli.Hosting;

/// <summary>
/// Log lines in a file that is begun anew when it has grown large; the one before is kept as <c>.1</c>. What cannot be written, on a full disk, must not stop who told it: the
/// lines are left out, and the next one that can be written says how many.
/// </summary>
internal sealed class FileLog : ILoggerProvider
{
    private const long Large = 10 * 1024 * 1024;
    private readonly string path;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private FileStream file;
    private long leftOut;

    private FileLog(string path, TimeProvider time)
    {
        this.path = path;
        this.time = time;
        file = Open();
    }

    /// <summary>What Slipway does, and what the parts under it warn of.</summary>
    public static ILoggerFactory Create(string path, TimeProvider time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var provider = new FileLog(path, time);
        return LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(LogLevel.Warning).AddFilter("Slipway", LogLevel.Information));
    }

    /// <summary>On standard error, for a role that runs in the foreground.</summary>
    public static ILoggerFactory ToStandardError() => LoggerFactory.Create(logging => logging
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        })
        .SetMinimumLevel(LogLevel.Warning).AddFilter("Slipway", LogLevel.Information)
        .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
        }
    }

    private FileStream Open() => OwnFiles.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private void Write(string line)
    {
        lock (gate)
        {
            try
            {
                if (file.Length > Large)
                {
                    file.Dispose();
                    File.Move(path, path + ".1", overwrite: true);
                    file = Open();
                }

                file.Write(Encoding.UTF8.GetBytes(leftOut == 0 ? line : $"({leftOut} messages before this one could not be written)\n{line}"));
                leftOut = 0;
            }
            catch (IOException)
            {
                leftOut++;
            }
        }
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write($"{log.time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {logLevel} {name}: {formatter(state, exception)}\n{(exception is null ? "" : exception + "\n")}");
    }
}
