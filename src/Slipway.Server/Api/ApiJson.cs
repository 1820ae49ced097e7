using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Slipway.Client.Api;

namespace Slipway.Server.Api;

/// <summary>How the API reads and writes JSON: camelCase, enums as words, numbers only as numbers, times as RFC 3339 in UTC, unknown or doubled members refused.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>A member's name in JSON.</summary>
    public static string NameOf(string member) => JsonNamingPolicy.CamelCase.ConvertName(member);

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowOutOfOrderMetadataProperties = true;
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(ApiJsonContext.Default);
        return options;
    }

    /// <summary>Writes times with a <c>Z</c> and at most milliseconds; reads any RFC 3339 time.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time)
                ? time.ToUniversalTime()
                : throw new JsonException("A time is written like 2026-01-31T12:00:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
    }

    public static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}

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
[JsonSerializable(typeof(MakeHook))]
[JsonSerializable(typeof(CreatedHook))]
[JsonSerializable(typeof(SourceView))]
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
[JsonSerializable(typeof(Page<ArtifactView>))]
[JsonSerializable(typeof(RunArtifactsView))]
[JsonSerializable(typeof(CollectArtifacts))]
[JsonSerializable(typeof(CollectionView))]
[JsonSerializable(typeof(SetCredential))]
[JsonSerializable(typeof(CredentialView))]
[JsonSerializable(typeof(Page<RolloutView>))]
[JsonSerializable(typeof(ActOnRollout))]
[JsonSerializable(typeof(AnalysisView))]
[JsonSerializable(typeof(RejudgeRollout))]
[JsonSerializable(typeof(RejudgementView))]
[JsonSerializable(typeof(MetricSourceList))]
[JsonSerializable(typeof(AskMetric))]
[JsonSerializable(typeof(MetricAnswerView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(ServiceStatusView))]
[JsonSerializable(typeof(IReadOnlyList<EnvironmentView>))]
[JsonSerializable(typeof(Page<InstanceView>))]
[JsonSerializable(typeof(Page<HoldView>))]
[JsonSerializable(typeof(AddHold))]
[JsonSerializable(typeof(Page<FreezeView>))]
[JsonSerializable(typeof(AddFreeze))]
[JsonSerializable(typeof(Page<TokenView>))]
[JsonSerializable(typeof(CreateToken))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(CreateSignInLink))]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(Page<AgentView>))]
[JsonSerializable(typeof(EnrolAgent))]
[JsonSerializable(typeof(Page<LedgerEntryView>))]
[JsonSerializable(typeof(LedgerVerificationView))]
[JsonSerializable(typeof(DoctorView))]
[JsonSerializable(typeof(BackupView))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(PromotionStateView?))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
