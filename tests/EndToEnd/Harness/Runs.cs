using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd.Harness;

/// <summary>Runs, as tests look at them.</summary>
internal static class Runs
{
    /// <summary>The run once it has ended; in vain, with what is known of it and of the repository.</summary>
    public static Task<RunView> EndedRun(this SlipwayClient client, string service, string id) => client.RunWhen(service, id, run => run.EndedAt is not null, "end");

    public static async Task<RunView> RunWhen(this SlipwayClient client, string service, string id, Func<RunView, bool> condition, string what)
    {
        RunView? last = null;
        try
        {
            await Until.True(async () => (last = await Find(client, service, id)) is { } run && condition(run), $"the {what} of {id}");
        }
        catch (TimeoutException inVain)
        {
            var source = await client.Source(service, TestContext.Current.CancellationToken);
            throw new TimeoutException($"{inVain.Message}\n{source}\n{(last is null ? "no run" : last.Told())}", inVain);
        }

        return last!;
    }

    public static async Task<string> Log(this SlipwayClient client, string run, string job, int? attempt = null)
    {
        using var log = new StreamReader(await client.JobLog(run, job, attempt, TestContext.Current.CancellationToken));
        return await log.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public static string Told(this RunView run) => $"{run}\n{string.Join('\n', run.Jobs)}\n{string.Join('\n', run.Jobs.SelectMany(j => j.Steps))}";

    private static async Task<RunView?> Find(SlipwayClient client, string service, string id) =>
        (await client.Runs(service, cancel: TestContext.Current.CancellationToken)).Items.FirstOrDefault(r => r.Id == id);
}
