using Slipway.Server.Tests.Rollouts;

namespace Slipway.Server.Tests;

/// <summary>What is asked for by a name that is not there is a mistake; what is there and has nothing is an empty list.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("instances?service=shpo", "There is no service 'shpo'.", "Did you mean 'shop'?")]
    [InlineData("rollouts?service=nothing-like-it", "There is no service 'nothing-like-it'.", "There is: shop.")]
    [InlineData("promotions?service=shpo", "There is no service 'shpo'.", "Did you mean 'shop'?")]
    [InlineData("holds?service=shpo", "There is no service 'shpo'.", "Did you mean 'shop'?")]
    [InlineData("ledger/entries?service=shpo", "There is no service 'shpo'.", "Did you mean 'shop'?")]
    [InlineData("instances?environment=prd", "There is no environment 'prd'.", "Did you mean 'prod'?")]
    [InlineData("rollouts?service=shop&environment=prd", "There is no environment 'prd'.", "Did you mean 'prod'?")]
    [InlineData("promotions?environment=prd", "There is no environment 'prd'.", "Did you mean 'prod'?")]
    [InlineData("freezes?environment=moon", "There is no environment 'moon'.", "There are: dev, prod.")]
    [InlineData("holds?environment=prd", "There is no environment 'prd'.", "Did you mean 'prod'?")]
    [InlineData("ledger/entries?environment=prd", "There is no environment 'prd'.", "Did you mean 'prod'?")]
    [InlineData("ledger/entries?promotion=shop", "'shop' is no id of a promotion or a rollout: those have a number, such as shop-prod-3.", "If it is a service, its own are shown by: slipway promotion list shop")]
    [InlineData("rollouts/shop", "'shop' is no id of a promotion or a rollout: those have a number, such as shop-prod-3.", "If it is a service, its own are shown by: slipway rollout list shop")]
    [InlineData("promotions/Sh_p-", "'Sh_p-' is no id of a promotion or a rollout: those have a number, such as shop-prod-3.", "`slipway promotion list` shows what there is.")]
    [InlineData("ledger/entries?promotion=shop-prod-1", "There is no promotion 'shop-prod-1'.", "`slipway promotion list` shows what there is.")]
    public async Task A_list_by_a_name_that_is_not_there_is_not_found(string list, string detail, string nextStep)
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        var problem = await running.Admin.SendAsync("GET", $"/api/v1/{list}").ProblemAsync(404, "notFound");
        problem.Detail.ShouldBe(detail);
        problem.NextStep.ShouldBe(nextStep);
    }

    [Theory]
    [InlineData("instances?service=shop&environment=prod")]
    [InlineData("rollouts?service=shop&environment=prod")]
    [InlineData("promotions?service=shop&environment=prod")]
    [InlineData("freezes?environment=prod")]
    [InlineData("holds?service=shop&environment=prod")]
    [InlineData("ledger/entries?service=shop&environment=prod")]
    public async Task A_list_of_what_is_there_may_be_empty(string list)
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        (await running.Admin.SendAsync("GET", $"/api/v1/{list}").JsonAsync())["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_errs_in_an_id_is_told_the_latest_that_begin_alike_or_the_nearest()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", "service: shop\nrun: { command: ./run }\n");
        await Until.TrueAsync(async () => (await running.Admin.SendAsync("GET", "/api/v1/rollouts?service=shop").JsonAsync())["items"]!.AsArray().Count == 1);
        var second = await RolloutLogTests.PromoteAsync(running, "1.1", "service: shop\nrun: { command: ./run }\n");
        (first, second).ShouldBe(("shop-dev-1", "shop-dev-2"));
        async Task<string> SaidAsync(string path, string method = "GET", string? body = null)
        {
            var problem = await running.Admin.SendAsync(method, $"/api/v1/{path}", body).ProblemAsync(404, "notFound");
            return $"{problem.Detail} {problem.NextStep}";
        }

        (await SaidAsync("rollouts/shop-99")).ShouldBe("There is no rollout 'shop-99'. The latest of shop: shop-dev-1.");
        (await SaidAsync("rollouts/shop-dev-99/analysis")).ShouldBe("There is no rollout 'shop-dev-99'. The latest of shop-dev: shop-dev-1.");
        (await SaidAsync("rollouts/shpo-dev-1/actions", "POST", """{"action":"abort"}""")).ShouldBe("There is no rollout 'shpo-dev-1'. Did you mean 'shop-dev-1'?");
        (await SaidAsync("rollouts/anything-else-5")).ShouldBe("There is no rollout 'anything-else-5'. `slipway rollout list` shows what there is.");
        (await SaidAsync("promotions/shop-99")).ShouldBe("There is no promotion 'shop-99'. The latest of shop: shop-dev-2, shop-dev-1.");
        (await SaidAsync("rollouts/shop-dev-2/actions", "POST", """{"action":"abort"}""")).ShouldBe("There is no rollout 'shop-dev-2': the promotion of that id has none. slipway promotion explain shop-dev-2");
    }

    [Fact]
    public async Task A_removed_service_is_known_by_the_ledger()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop").StatusAsync(204);
        (await running.SentencesAsync("service=shop", 2)).ShouldContain("admin removed the service shop.");
        (await running.Admin.SendAsync("GET", "/api/v1/rollouts?service=shop").JsonAsync())["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hold_is_placed_on_a_release_that_is_there()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await ReleaseTests.UploadAsync(running, ReleaseTests.Archive(("run", "x")), "1.0.0", "service: shop\nrun: { command: ./run }\n").StatusAsync(201);
        string Body(string version, string environment) => $$"""{"service":"shop","version":"{{version}}","environment":"{{environment}}","why":"tests"}""";
        var problem = await running.Admin.SendAsync("POST", "/api/v1/holds", Body("7", "prod")).ProblemAsync(404, "notFound");
        problem.Detail.ShouldBe("There is no release shop@7.");
        problem.NextStep.ShouldBe("There is: 1.0.0. Without a version the hold keeps every release of shop out.");
        await running.Admin.SendAsync("POST", "/api/v1/holds", Body("1.0.0", "prd")).ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/holds", Body("1.0.0", "prod")).StatusAsync(201);
    }
}
