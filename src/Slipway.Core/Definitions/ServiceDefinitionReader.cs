using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>Reads <c>slipway.yaml</c>.</summary>
public static class ServiceDefinitionReader
{
    /// <param name="file">Its name, for messages.</param>
    /// <param name="platform">Where the environments are known, each override's name is checked; null: it is not, and checks by templates are left open.</param>
    /// <param name="templates">What its pipeline may use; null: the pipeline is of no interest, and is not read where it uses templates. Releases are read so: they do not depend on what a template has become since.</param>
    public static DefinitionResult Read(string text, string file, PlatformDefinition? platform, TemplateCatalog? templates = null)
    {
        var findings = new Findings(file);
        if (YamlTree.Read(text, findings) is not { } root)
        {
            return new DefinitionResult(null, findings.Sorted());
        }

        Keys.Service.Check(root, "the file", findings);
        var unknown = new Findings(file);
        root = CheckExpansion.Expand(root, platform, findings, unknown);
        CheckMeaning(root, root, below: null, platform, findings);
        var (whole, expansion) = (root, (TemplateExpansion?)null);
        if (templates is not null && TemplateExpansion.IsNeeded(root))
        {
            expansion = TemplateExpansion.Of(root, Values.Text(root["service"]) ?? "", file, templates, findings, out var expanded);
            whole = expanded ?? root;
            if (expanded is not null)
            {
                PipelineKeys.Pipeline.Check(expanded["pipeline"]!, "pipeline", findings);
                PipelineKeys.CheckArtifact(expanded, findings);
            }
        }

        if (!TemplateExpansion.UsesWhole(whole))
        {
            PipelineChecks.Check(whole, findings);
        }

        foreach (var (name, value) in root.Map("environments")?.Entries ?? [])
        {
            if (platform is not null && platform.Find(name.Text) is null)
            {
                findings.Add(name, $"Unknown environment {name.Kind}.", NearWords.Suggest(name.Text, [.. platform.Environments.Select(e => e.Name)]));
            }

            if (value is MapNode over)
            {
                CheckMeaning(root.With(over), over, root, platform, findings);
            }
        }

        if (findings.Any || unknown.Any)
        {
            return new DefinitionResult(null, findings.Sorted())
            {
                Templates = expansion?.Uses ?? [], Warnings = expansion?.Warnings ?? [], Unknown = unknown.Sorted(), NeedsPlatform = unknown.Any || (platform is null && expansion?.HasUnknown == true),
            };
        }

        var definition = Build(whole);
        return new DefinitionResult(definition, []) { Templates = expansion?.Uses ?? [], Warnings = [.. expansion?.Warnings ?? [], .. WarningsOf(definition, whole, file, platform)] };
    }

    /// <summary>What holds between keys.</summary>
    /// <param name="whole">With the override laid on top, where <paramref name="written"/> is one.</param>
    /// <param name="written">What this part of the file says itself.</param>
    /// <param name="below">What it is laid on; null: nothing, it is the base.</param>
    private static void CheckMeaning(MapNode whole, MapNode written, MapNode? below, PlatformDefinition? platform, Findings findings)
    {
        ProcessKeys.Check(whole, written, below, findings);
        WorkerChecks.Check(whole, findings);
        if (whole.Map("rollout") is { } rollout)
        {
            RolloutChecks.Check(rollout, WorkerChecks.IsWorker(whole), written.Map("rollout"), [.. whole.List("verify").OfType<MapNode>().Select(n => Values.Text(n["name"])).OfType<string>()], findings);
            if (written.Map("rollout") is { } own)
            {
                CheckKeys.CheckAll(own, platform, findings);
            }
        }

        CheckNames(whole.List("verify"), n => Values.Text((n as MapNode)?["name"]), "verify", findings);
        foreach (var proof in whole.List("verify").OfType<MapNode>())
        {
            VerificationKeys.Check(proof, findings);
        }

        CheckNames(whole.Map("rollout")?.List("checks") ?? [], n => Values.Text(n is MapNode map ? map["name"] : n), "checks", findings);
    }

    private static IReadOnlyList<Problem> WarningsOf(ServiceDefinition definition, MapNode root, string file, PlatformDefinition? platform)
    {
        var warnings = new Findings(file);
        Warn(definition.Rollout, root, root, environment: null);
        foreach (var (name, value) in root.Map("environments")?.Entries ?? [])
        {
            Warn(definition.Environments[name.Text].Rollout, root.With((MapNode)value), (MapNode)value, name.Text);
        }

        return warnings.Sorted();

        void Warn(RolloutSpec rollout, MapNode whole, MapNode written, string? environment)
        {
            RolloutWarnings.Check(rollout, written.Map("rollout"), warnings);
            RolloutWarnings.CheckExchange(whole, environment, warnings);
            if (platform is not null)
            {
                HookKeys.Warn(written.Map("rollout")?.Map("hooks"), platform.HookOrigins, warnings);
            }
        }
    }

    private static void CheckNames(IReadOnlyList<Node> items, Func<Node, string?> name, string list, Findings findings)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (name(item) is { } given && !seen.Add(given))
            {
                findings.Add(item, $"'{given}' is twice in {list}.", "Remove one, or give it another name.");
            }
        }
    }

    private static ServiceDefinition Build(MapNode root)
    {
        var basis = Effective(root);
        var artifact = PipelineReader.ReadArtifact(root);
        return new ServiceDefinition
        {
            Service = Values.Text(root["service"])!,
            Owner = Values.Text(root["owner"]),
            Tier = Values.Whole(root["tier"]),
            Run = basis.Run,
            Rollout = basis.Rollout,
            Verify = basis.Verify,
            Pipeline = root.Map("pipeline") is { } pipeline && !TemplateExpansion.IsNeeded(root) ? PipelineReader.Read(pipeline, artifact) : null,
            Artifact = artifact,
            Environments = (root.Map("environments")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => Effective(root.With((MapNode)e.Value)), StringComparer.Ordinal),
        };
    }

    private static EffectiveDefinition Effective(MapNode whole) => new()
    {
        Run = ReadRun(ProcessKeys.Lead(whole)!) with
        {
            Process = ProcessKeys.NameOfLead(whole),
            Workers = ProcessKeys.Beside(whole).Any() ? [.. ProcessKeys.Beside(whole).Select(worker => ReadRun((MapNode)worker.Value) with { Process = worker.Key.Text })] : null,
        },
        Rollout = RolloutReader.Read(whole.Map("rollout"), WorkerChecks.IsWorker(whole)),
        Verify = [.. whole.List("verify").Cast<MapNode>().Select(VerificationKeys.Read)],
    };

    private static RunSpec ReadRun(MapNode run)
    {
        var defaults = new RunSpec { Command = [] };
        var (health, isWorker) = (run.Map("health"), WorkerChecks.HasNoTraffic(run));
        return new RunSpec
        {
            Command = run["command"] is Scalar line ? ShellWords.Split(line.Text, out _)! : [.. run.List("command").Select(w => Values.Text(w)!)],
            Env = (run.Map("env")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => ((Scalar)e.Value).Text, StringComparer.Ordinal),
            Instances = Values.Whole(run["instances"]) ?? defaults.Instances,
            IsWorker = isWorker,
            Health = new HealthSpec
            {
                Path = Values.Text(health?["path"]) ?? (isWorker ? null : defaults.Health.Path),
                Interval = Values.Span(health?["interval"]) ?? defaults.Health.Interval,
                Timeout = Values.Span(health?["timeout"]) ?? defaults.Health.Timeout,
                HealthyAfter = Values.Whole(health?["healthyAfter"]) ?? defaults.Health.HealthyAfter,
                UnhealthyAfter = Values.Whole(health?["unhealthyAfter"]) ?? defaults.Health.UnhealthyAfter,
                Deadline = Values.Span(health?["deadline"]) ?? defaults.Health.Deadline,
            },
            RequestTimeout = Values.Span(run["requestTimeout"]) ?? defaults.RequestTimeout,
            Drain = Values.Span(run["drain"]) ?? defaults.Drain,
        };
    }
}
