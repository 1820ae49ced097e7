using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

/// <summary>
/// The API's documents as a client reads and writes them: camelCase, enums as words only, numbers only as numbers. A member that this build does not know is
/// passed over, so that a newer server can be asked by an older program.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(CamelCaseEnum<LaneHealth>), typeof(CamelCaseEnum<PromotionStateView>), typeof(CamelCaseEnum<PromotionKindView>),
        typeof(CamelCaseEnum<GateStateView>), typeof(CamelCaseEnum<ApprovalDecision>), typeof(CamelCaseEnum<RolloutStateView>),
        typeof(CamelCaseEnum<StepStateView>), typeof(CamelCaseEnum<RingStateView>), typeof(CamelCaseEnum<VerdictView>), typeof(CamelCaseEnum<MetricOutcomeView>), typeof(CamelCaseEnum<RolloutAction>),
        typeof(CamelCaseEnum<CheckKindView>), typeof(CamelCaseEnum<MeasurementOutcomeView>),
        typeof(CamelCaseEnum<RunStateView>), typeof(CamelCaseEnum<JobStateView>), typeof(CamelCaseEnum<JobOutcomeView>), typeof(CamelCaseEnum<RunStepStateView>),
        typeof(CamelCaseEnum<TestOutcomeView>), typeof(CamelCaseEnum<TestStandingView>), typeof(CamelCaseEnum<TestSquareView>),
        typeof(CamelCaseEnum<CollectedKindView>), typeof(CamelCaseEnum<CredentialKindView>),
    ])]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(WhoAmI))]
[JsonSerializable(typeof(WhyRequest))]
[JsonSerializable(typeof(Page<ServiceView>))]
[JsonSerializable(typeof(AddService))]
[JsonSerializable(typeof(JudgeView))]
[JsonSerializable(typeof(Page<ReleaseView>))]
[JsonSerializable(typeof(ReleaseJourneyView))]
[JsonSerializable(typeof(CreateReleaseAnswer))]
[JsonSerializable(typeof(Page<PromotionView>))]
[JsonSerializable(typeof(StartPromotion))]
[JsonSerializable(typeof(DecideApproval))]
[JsonSerializable(typeof(StartRollback))]
[JsonSerializable(typeof(SetSource))]
[JsonSerializable(typeof(SourceView))]
[JsonSerializable(typeof(MakeHook))]
[JsonSerializable(typeof(CreatedHook))]
[JsonSerializable(typeof(StartRun))]
[JsonSerializable(typeof(Page<RunView>))]
[JsonSerializable(typeof(ValidateDefinition))]
[JsonSerializable(typeof(DefinitionValidation))]
[JsonSerializable(typeof(TemplateList))]
[JsonSerializable(typeof(TemplateDetail))]
[JsonSerializable(typeof(Page<TemplateUserView>))]
[JsonSerializable(typeof(JobLogEnd))]
[JsonSerializable(typeof(RerunRun))]
[JsonSerializable(typeof(RunTestsView))]
[JsonSerializable(typeof(ServiceTestsView))]
[JsonSerializable(typeof(Page<QuarantineView>))]
[JsonSerializable(typeof(QuarantineTest))]
[JsonSerializable(typeof(Page<RolloutView>))]
[JsonSerializable(typeof(ActOnRollout))]
[JsonSerializable(typeof(AnalysisView))]
[JsonSerializable(typeof(RejudgeRollout))]
[JsonSerializable(typeof(RejudgementView))]
[JsonSerializable(typeof(MetricSourceList))]
[JsonSerializable(typeof(AskMetric))]
[JsonSerializable(typeof(MetricAnswerView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(Page<InstanceView>))]
[JsonSerializable(typeof(Page<HoldView>))]
[JsonSerializable(typeof(AddHold))]
[JsonSerializable(typeof(Page<FreezeView>))]
[JsonSerializable(typeof(AddFreeze))]
[JsonSerializable(typeof(Page<TokenView>))]
[JsonSerializable(typeof(CreateToken))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(Page<ArtifactView>))]
[JsonSerializable(typeof(RunArtifactsView))]
[JsonSerializable(typeof(CollectArtifacts))]
[JsonSerializable(typeof(CollectionView))]
[JsonSerializable(typeof(SetCredential))]
[JsonSerializable(typeof(CredentialView))]
[JsonSerializable(typeof(CreateSignInLink))]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(Page<AgentView>))]
[JsonSerializable(typeof(EnrolAgent))]
[JsonSerializable(typeof(Page<LedgerEntryView>))]
[JsonSerializable(typeof(LedgerVerificationView))]
[JsonSerializable(typeof(DoctorView))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(BackupView))]
[JsonSerializable(typeof(JsonObject))]
public sealed partial class ApiClientJson : JsonSerializerContext;

/// <summary>An enum as its camelCase word; a number is refused.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
