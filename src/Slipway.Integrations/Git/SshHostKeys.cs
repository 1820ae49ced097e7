using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Secrets;

namespace Slipway.Integrations.Git;

/// <summary>Host keys by the program ssh-keyscan.</summary>
public sealed class SshHostKeys(TimeProvider time) : IHostKeys
{
    private const int MostOutput = 256 * 1024, MostKeys = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<HostKey>> ShownByAsync(RepositoryHost place, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("ssh-keyscan", ["-T", "10", "-p", place.Port.ToString(CultureInfo.InvariantCulture), "--", place.Host])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            using var late = new CancellationTokenSource(Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            try
            {
                var said = process.StandardError.ReadToEndAsync(either.Token);
                var buffer = new char[MostOutput];
                var count = await process.StandardOutput.ReadBlockAsync(buffer, either.Token);
                await said;
                var keys = new string(buffer, 0, count).Split('\n').Select(Read).OfType<HostKey>().Take(MostKeys).ToList();
                return keys.Count > 0 ? keys : throw Silent(place);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw Silent(place);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Win32Exception missing)
        {
            throw new SourceUnavailableException("The program ssh-keyscan is needed and is not on the PATH.", "Install it on the server's machine: apt-get install openssh-client; or give the host's keys with --known-hosts FILE.", retryable: false, missing);
        }
    }

    private static SourceUnavailableException Silent(RepositoryHost place) =>
        new($"{place.Host} shows no host key at port {place.Port}.", "Look at the address, and whether the server's machine reaches the host; or give the host's keys with --known-hosts FILE.", retryable: true);

    private static HostKey? Read(string line)
    {
        var parts = line.Trim().Split(' ');
        var bytes = new byte[line.Length];
        return parts is [not ['#', ..], var type, var key] && Convert.TryFromBase64String(key, bytes, out var length) ? new HostKey(line.Trim(), type, SshPrivateKey.FingerprintOf(bytes.AsSpan(0, length))) : null;
    }
}
