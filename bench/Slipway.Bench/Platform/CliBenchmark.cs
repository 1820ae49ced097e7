using System.Diagnostics;
using Slipway.Client.Api;

namespace Slipway.Bench.Platform;

/// <summary>The wall time of <c>slipway status</c>, against a server with a few services, beside a program that does nothing.</summary>
public sealed class CliBenchmark : IBenchmark
{
    private const int Rounds = 25, Services = 5;

    public string Name => "cli";
    public string Summary => "wall time of slipway status beside an empty .NET program";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var up = new UpProcess();
        await up.StartAsync("environments:\n  prod: { promote: manual, traffic: expected }\n", cancel);
        using var client = up.Client();
        for (var i = 0; i < Services; i++)
        {
            await client.AddService(new AddService { Name = $"service-{i}" }, cancel);
        }

        var empty = await EmptyProgramAsync(Path.Combine(up.Home, "empty"), cancel);
        List<double> status = [], nothing = [];
        for (var round = 0; round < Rounds; round++)
        {
            nothing.Add(await MillisAsync(new ProcessStartInfo(empty) { RedirectStandardOutput = true }, cancel));
            status.Add(await MillisAsync(up.Command("status"), cancel));
        }

        var ratio = new Figure("status over an empty program", Median(status) / Median(nothing), "ratio");
        return new Outcome([new("slipway status", Median(status), "ms"), new("an empty .NET program", Median(nothing), "ms"), ratio], [Goal.Most(ratio, 5)]);
    }

    private static async Task<string> EmptyProgramAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Empty.cs"), "return;\n", cancel);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Empty.csproj"),
            """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup></Project>""",
            cancel);
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", "-c", "Release", "-o", "out", "-v", "quiet", "--nologo", "--disable-build-servers"])
        {
            WorkingDirectory = folder,
        })!;
        await publish.WaitForExitAsync(cancel);
        return publish.ExitCode == 0 ? Path.Combine(folder, "out", "Empty") : throw new InvalidOperationException("The empty program does not build.");
    }

    private static async Task<double> MillisAsync(ProcessStartInfo start, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? watch.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{start.FileName} ended with status {process.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
