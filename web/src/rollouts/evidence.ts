import type { AnalysisSummary, CheckView, RingView, RolloutView } from '../api/types';
import { rolloutIsOver, type StateWords } from '../words/states';

/**
 * How far the evidence has come to its limit, 0 to 1. Both are logarithms, so equal steps along the bar are equally many times
 * stronger; evidence below 1 speaks for the version and is no step at all.
 */
export function evidenceShare({ logEvidence, logLimit }: CheckView): number {
  if (logLimit <= 0) return logEvidence > logLimit ? 1 : 0;
  return Math.min(1, Math.max(0, logEvidence / logLimit));
}

/** It came through without a step that waits for a verdict: that there is none is nothing bad. */
export const needsNoVerdict = ({ state, steps }: RolloutView, analysis: Pick<AnalysisSummary, 'verdict'> | null | undefined): boolean =>
  state === 'succeeded' && analysis?.verdict === 'inconclusive' && !steps.some((step) => step.kind === 'analyze' || step.kind === 'soak');

/** Such a verdict in words. */
export const unasked: StateWords = { word: 'No verdict needed', tone: 'quiet' };

/** Why there is no judgement; never because all is well. */
export function notJudged(rollout: RolloutView, ring?: RingView): { title: string; body: string } {
  const { state, kind, fromVersion, steps, worker } = rollout;
  if (kind === 'rollback') return { title: 'A rollback is not judged.', body: 'The version ran here before and was well; it takes over as soon as it is healthy.' };
  if (!fromVersion && state === 'needsAttention') return { title: 'Nothing to compare with.', body: worker ? 'It was the first release here, and never came up.' : 'It was the first release here, and never got traffic.' };
  if (!fromVersion) return { title: 'Nothing to compare with.', body: worker ? 'It is the first release here: there are no other instances to compare its with.' : 'It is the first release here: it takes all traffic once it is verified.' };
  if (steps.some((step) => step.kind === 'watch' && step.state === 'skipped')) {
    return { title: 'Nothing was judged.', body: 'No traffic is expected in this environment, so there is nothing to judge.' };
  }
  if (ring) return notJudgedIn(ring, rolloutIsOver(state) || state === 'needsAttention' || state === 'rollingBack');
  if (rolloutIsOver(state) || state === 'needsAttention') return { title: 'It was never judged.', body: 'It ended before the judge had anything to look at.' };
  if (state === 'rollingBack') return { title: 'It was never judged.', body: 'It goes back before the judge had anything to look at.' };
  if (worker) return { title: 'Nothing is judged yet.', body: 'The judge looks as soon as the new version has instances, by what the metric sources of its checks say.' };
  return { title: 'Nothing is judged yet.', body: 'The judge looks as soon as the new version gets traffic, and asks for it to be no worse than the stable one.' };
}

function notJudgedIn({ name, state }: RingView, over: boolean): { title: string; body: string } {
  if (state === 'pending') return { title: `Nothing was judged in ${name}.`, body: over ? 'Its turn never came.' : 'Its turn has not come.' };
  if (state === 'current' && !over) return { title: `Nothing is judged in ${name} yet.`, body: 'The judge looks as soon as the new version gets traffic there, and asks for it to be no worse than the stable one.' };
  return { title: `Nothing was judged in ${name}.`, body: state === 'done' ? 'It went through without anything to look at.' : 'It ended before the judge had anything to look at.' };
}

/** What stands beside the new version: the one before, or fresh instances of it. */
export const otherArm = ({ against }: Pick<CheckView, 'against'>, { fromVersion }: Pick<RolloutView, 'fromVersion'>): string =>
  against === 'baseline' ? `${fromVersion ?? 'stable'} (baseline)` : fromVersion ?? 'stable';
