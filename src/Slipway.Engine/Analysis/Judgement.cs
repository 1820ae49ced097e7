using Slipway.Core.Analysis;

namespace Slipway.Engine.Analysis;

/// <summary>A rollout judged from what was kept of it, whole.</summary>
/// <param name="Result">What the judge said at its last look.</param>
/// <param name="Bins">Every second that the tests of the routers' counts took in while both versions had traffic, in order.</param>
/// <param name="Traces">How each test came to what it says; those of the routers' counts tell of the time up to 100 %, whatever the watch after it says.</param>
public sealed record Judgement(AnalysisResult Result, IReadOnlyList<AnalysisBin> Bins, IReadOnlyList<CheckTrace> Traces);
