using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Slipway.Agent.Tests.Harness;

/// <summary>An agent as a process of its own, to be killed.</summary>
internal static class AgentProcess
{
    public const string Role = "agent";

    public static Process Start(Uri server, string data, int first, int last) =>
        Process.Start(new ProcessStartInfo(TestProgram.Executable, [Role, server.ToString(), data, $"{first}", $"{last}"]) { RedirectStandardOutput = false })!;

    public static int Run(string[] args)
    {
        var end = AgentProgram.RunAsync(
            AgentUnderTest.Options(new Uri(args[0]), args[1]) with { FirstInstancePort = int.Parse(args[2]), LastInstancePort = int.Parse(args[3]), LoggerFactory = new FileLog(Path.Combine(args[1], "agent.log")) },
            CancellationToken.None).GetAwaiter().GetResult();
        return end is AgentEnd.Stopped ? 0 : 1;
    }
}

/// <summary>Writes what an agent logs to a file, for a test that fails.</summary>
internal sealed class FileLog(string path) : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            File.AppendAllText(path, $"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}\n");
        }
    }

    public void Dispose() { }
}
