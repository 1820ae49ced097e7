using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Promotions, rollouts, rollbacks, and what keeps them from happening.
public sealed partial class SlipwayClient
{
    public Task<PromotionView> StartPromotion(StartPromotion body, CancellationToken cancel = default) =>
        Post("promotions", body, ApiClientJson.Default.StartPromotion, ApiClientJson.Default.PromotionView, cancel);

    /// <summary>Newest first.</summary>
    /// <param name="active">True: only those that have not ended.</param>
    public Task<Page<PromotionView>> Promotions(
        string? service = null, string? environment = null, bool? active = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get(
            $"promotions{Query(("service", service), ("environment", environment), ("active", Word(active)), ("after", after), ("limit", limit?.ToString()))}",
            ApiClientJson.Default.PagePromotionView, cancel);

    public Task<PromotionView> Promotion(string id, CancellationToken cancel = default) =>
        Get($"promotions/{E(id)}", ApiClientJson.Default.PromotionView, cancel);

    public Task<PromotionView> DecideApproval(string promotion, DecideApproval body, CancellationToken cancel = default) =>
        Post($"promotions/{E(promotion)}/approvals", body, ApiClientJson.Default.DecideApproval, ApiClientJson.Default.PromotionView, cancel);

    public Task<PromotionView> CancelPromotion(string id, string? why = null, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Post, $"promotions/{E(id)}/cancel", () => why is null ? null : Json(new WhyRequest { Why = why }, ApiClientJson.Default.WhyRequest)), ApiClientJson.Default.PromotionView, cancel);

    public Task<PromotionView> StartRollback(StartRollback body, CancellationToken cancel = default) =>
        Post("rollbacks", body, ApiClientJson.Default.StartRollback, ApiClientJson.Default.PromotionView, cancel);

    /// <summary>Newest first.</summary>
    /// <param name="active">True: only those that have not ended.</param>
    public Task<Page<RolloutView>> Rollouts(
        string? service = null, string? environment = null, bool? active = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get(
            $"rollouts{Query(("service", service), ("environment", environment), ("active", Word(active)), ("after", after), ("limit", limit?.ToString()))}",
            ApiClientJson.Default.PageRolloutView, cancel);

    public Task<RolloutView> Rollout(string id, CancellationToken cancel = default) =>
        Get($"rollouts/{E(id)}", ApiClientJson.Default.RolloutView, cancel);

    public Task<RolloutView> ActOnRollout(string id, ActOnRollout body, CancellationToken cancel = default) =>
        Post($"rollouts/{E(id)}/actions", body, ApiClientJson.Default.ActOnRollout, ApiClientJson.Default.RolloutView, cancel);

    public Task<RolloutView> ApproveStep(string rollout, string? why = null, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Post, $"rollouts/{E(rollout)}/approvals", () => why is null ? null : Json(new WhyRequest { Why = why }, ApiClientJson.Default.WhyRequest)), ApiClientJson.Default.RolloutView, cancel);

    public Task<AnalysisView> Analysis(string rollout, string? ring = null, CancellationToken cancel = default) =>
        Get($"rollouts/{E(rollout)}/analysis{(ring is null ? "" : $"?ring={E(ring)}")}", ApiClientJson.Default.AnalysisView, cancel);

    public Task<RejudgementView> Rejudge(string rollout, RejudgeRollout body, CancellationToken cancel = default) =>
        Post($"rollouts/{E(rollout)}/rejudgement", body, ApiClientJson.Default.RejudgeRollout, ApiClientJson.Default.RejudgementView, cancel);

    public Task<Page<FreezeView>> Freezes(string? environment = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"freezes{Query(("environment", environment), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageFreezeView, cancel);

    public Task<FreezeView> AddFreeze(AddFreeze body, CancellationToken cancel = default) =>
        Post("freezes", body, ApiClientJson.Default.AddFreeze, ApiClientJson.Default.FreezeView, cancel);

    public Task LiftFreeze(string id, string? why = null, CancellationToken cancel = default) =>
        Send(HttpMethod.Delete, $"freezes/{E(id)}{Query(("why", why))}", () => null, cancel);

    public Task<Page<HoldView>> Holds(string? service = null, string? environment = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"holds{Query(("service", service), ("environment", environment), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageHoldView, cancel);

    public Task<HoldView> AddHold(AddHold body, CancellationToken cancel = default) =>
        Post("holds", body, ApiClientJson.Default.AddHold, ApiClientJson.Default.HoldView, cancel);

    public Task LiftHold(string id, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"holds/{E(id)}", () => null, cancel);

    private static string? Word(bool? value) => value switch { null => null, true => "true", false => "false" };
}
