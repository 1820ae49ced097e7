using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ServiceJudgeTests
{
    [Fact]
    public async Task What_the_judge_made_of_versions_compared_with_themselves_is_a_table_and_its_last_alarms()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/storefront/judge", ApiClientJson.Default.JudgeView, new JudgeView
        {
            Service = "storefront",
            Environments =
            [
                new()
                {
                    Environment = "dev", Hours = 0, Windows = 0, BrokenOff = 0, Alarms = 0, FalseAlarmRate = 0.01, Promised = "at most 1 in 100 per rollout",
                    Now = "no router has had requests at two instances of it", LastAlarms = [],
                },
                new()
                {
                    Environment = "prod", Hours = 211.52, Windows = 208, BrokenOff = 7, Alarms = 1, AlarmsPerHour = 0.0047, FalseAlarmRate = 0.01, Promised = "at most 1 in 100 per rollout",
                    Since = Canned.Earlier, Now = "watched",
                    LastAlarms =
                    [
                        new()
                        {
                            At = Canned.Earlier, Version = "1.3.0", FirstUnits = 12_000, FirstBad = 216, SecondUnits = 12_100, SecondBad = 109,
                            Text = "1.8 % of 12000 requests bad at one half of the instances, 0.90 % of 12100 at the other, after 12 m 10 s",
                        },
                    ],
                },
            ],
        });

        Snapshot.Matches((await CliRun.Of(server, "service", "judge", "storefront")).All);
        (await CliRun.Of(server, "service", "judge", "storefront", "--json")).Out.ShouldContain("\"alarmsPerHour\": 0.0047");
    }

    [Fact]
    public async Task A_worker_has_no_requests_to_be_compared_by()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/mailer/judge", ApiClientJson.Default.JudgeView, new JudgeView
        {
            Service = "mailer", Environments = [new() { Environment = "prod", Worker = true, Hours = 0, Windows = 0, BrokenOff = 0, Alarms = 0, FalseAlarmRate = 0.01, Promised = "nothing", LastAlarms = [] }],
        });

        (await CliRun.Of(server, "service", "judge", "mailer")).Out.ShouldBe("mailer is a worker: its instances serve no requests by which one half of them could be compared with the other. While a version rolls out, the judge goes by what metric sources say.\n");
    }

    [Fact]
    public async Task A_service_that_is_stable_nowhere_has_nothing_to_compare()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/storefront/judge", ApiClientJson.Default.JudgeView, new JudgeView { Service = "storefront", Environments = [] });

        (await CliRun.Of(server, "service", "judge", "storefront")).Out.ShouldBe("Nothing of storefront is stable anywhere yet, so there is nothing to compare with itself.\n");
    }
}
