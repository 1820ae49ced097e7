using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Slipway.Bench.Router;

/// <summary>What one run of wrk saw.</summary>
internal sealed record WrkResult(double Requests, double Seconds, double Failed)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>The load generator.</summary>
internal static partial class Wrk
{
    public static async Task<WrkResult> RunAsync(int port, string host, int connections, int seconds, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "-H", $"Host: {host}", $"http://127.0.0.1:{port}/"]) { RedirectStandardOutput = true };
        using var wrk = Process.Start(start)!;
        try
        {
            var text = await wrk.StandardOutput.ReadToEndAsync(cancel);
            await wrk.WaitForExitAsync(cancel);
            var done = Done().Match(text);
            if (wrk.ExitCode != 0 || !done.Success)
            {
                throw new InvalidOperationException($"wrk ended with {wrk.ExitCode}:\n{text}");
            }

            var errors = SocketErrors().Match(text) is { Success: true } sockets ? sockets.Groups.Values.Skip(1).Sum(g => double.Parse(g.Value)) : 0;
            var refused = NotOk().Match(text) is { Success: true } bad ? double.Parse(bad.Groups[1].Value) : 0;
            var duration = double.Parse(done.Groups[2].Value) * (done.Groups[3].Value switch { "ms" => 0.001, "m" => 60, _ => 1 });
            return new WrkResult(double.Parse(done.Groups[1].Value), duration, errors + refused);
        }
        finally
        {
            if (!wrk.HasExited)
            {
                wrk.Kill();
            }
        }
    }

    [GeneratedRegex(@"(\d+) requests in ([\d.]+)(ms|s|m),")]
    private static partial Regex Done();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex NotOk();
}
