import type { LaneView, RolloutStep, RolloutView, WeightView } from '../api/types';
import { holdOn, placeOf } from '../freezes/held';
import { rolloutIsOver, type Tone } from '../words/states';
import { heldRing, heldWords } from './rings';

export interface Meaning { tone: Tone; title: string; body: string; link?: { to: string; words: string } }

export const currentStep = ({ steps }: RolloutView): RolloutStep | undefined => steps.find((step) => step.state === 'current');

/** The weights of the new version and of the one that it replaces; the second is missing in a lane's first rollout. */
export function sides({ weights, version }: Pick<RolloutView, 'weights' | 'version'>): { fresh?: WeightView; old?: WeightView; baseline?: WeightView } {
  const baseline = weights.find((each) => each.arm === 'baseline');
  const fresh = weights.findLast((each) => each.version === version && each !== baseline);
  return { fresh, old: weights.find((each) => each !== fresh && each !== baseline), baseline };
}

/** No longer moved by anybody: one that needs attention has ended too, though not well. */
export const hasEnded = ({ state, endedAt }: RolloutView): boolean => rolloutIsOver(state) || endedAt != null;

/** What comes after the present step, in words; null at the end and on the way back. */
export function nextOf(rollout: RolloutView): string | null {
  if (rolloutIsOver(rollout.state) || rollout.state === 'rollingBack' || rollout.state === 'needsAttention') return null;
  const now = rollout.steps.findLastIndex((step) => step.state !== 'pending');
  return rollout.steps[now + 1]?.title ?? null;
}

/** The hold that taking a version back placed is told of as long as it is there; with the lane unread, nothing is known of it. */
function keptOut({ kind, version, environment }: RolloutView, back: string, lane: LaneView | undefined): Pick<Meaning, 'body' | 'link'> {
  if (kind !== 'promotion' || !lane) return { body: back };
  const hold = holdOn(lane, version);
  if (!hold) return { body: `${back} No hold keeps ${version} out of ${environment} now.` };
  return { body: `${back} A hold keeps ${hold.version ?? 'every release'} out of ${environment} until somebody lifts it.`, link: { to: placeOf(hold), words: 'See the hold' } };
}

function waitsForApproval({ needed, given, excluded }: NonNullable<RolloutView['approvals']>, stays: string): Meaning {
  const who = given.length > 0 ? `${given.map((each) => each.by).join(', ')} approved it.` : 'Nobody has approved it yet.';
  const not = excluded.length > 0 ? ` Not by ${excluded.join(' or ')}, who made the release or asked for its promotion.` : '';
  return { tone: 'waiting', title: `It waits for ${needed === 1 ? 'an approval' : `${needed} approvals`}.`, body: `${who}${not} ${stays}, and the judge goes on.` };
}

/** What a state that asks for thought or for a person means, and what can be done; null where the header says it all. */
export function meaningOf(rollout: RolloutView, lane?: LaneView): Meaning | null {
  const { state, version, fromVersion, environment, actions, worker } = rollout;
  // It may be long ago.
  const since = lane?.version && lane.version !== fromVersion ? `${environment} went back to ${fromVersion}, and runs ${lane.version} by now.` : null;
  const back = !fromVersion ? `${environment} ${worker ? 'runs' : 'serves'} nothing: there was no version before this one.` : since ?? (worker ? `All instances in ${environment} are of ${fromVersion}.` : `All traffic in ${environment} is on ${fromVersion}.`);
  const [stays, share] = worker ? ['Both versions keep their instances', 'its instances'] : ['The weights stay as they are', 'the traffic'];
  switch (state) {
    case 'paused': {
      const failed = actions.includes('retry') && !actions.includes('resume');
      const held = heldRing(rollout);
      if (failed && held) return { tone: 'bad', title: `It failed in ${held.name}, and its definition says to hold then.`, body: `${heldWords(rollout, held)} Retry begins ${held.name} anew; abort takes ${version} back everywhere.` };
      if (failed) return { tone: 'bad', title: 'It failed, and its definition says to pause then.', body: `${stays}. Retry begins the step and the judgement anew; abort takes ${share} back.` };
      if (rollout.approvals) return waitsForApproval(rollout.approvals, stays);
      if (currentStep(rollout)?.kind === 'pause' && rollout.until) return null;
      if (actions.includes('resume') && rollout.reason.startsWith('inconclusive')) return { tone: 'waiting', title: 'The judge could not tell, so it waits for a person.', body: `${stays}, and the judge goes on. Resume gives this step more time; skip goes on without the judge; abort takes ${share} back.` };
      return { tone: 'waiting', title: 'It waits for a person.', body: `${stays}, and the judge goes on. Resume goes on from here; skip leaves this step out; abort takes ${share} back.` };
    }
    case 'rollingBack':
      if (worker) return { tone: 'attention', title: `The instances are on their way back${fromVersion ? ` to ${fromVersion}` : ''}.`, body: `Those of ${version} end; they may still finish what they have begun, for as long as drain says.` };
      return { tone: 'attention', title: `Traffic is on its way back${fromVersion ? ` to ${fromVersion}` : ''}.`, body: `${rollout.rings?.length ? `In a ring that goes back, ${version}` : version} gets no new request as soon as the router has confirmed it; requests under way finish.` };
    case 'rolledBack':
      return { tone: 'bad', title: `${version} was taken back.`, ...keptOut(rollout, back, lane) };
    case 'aborted': {
      // One that had failed before is held as well; of one that had not, nobody expects that.
      const kept = keptOut(rollout, back, lane);
      return { tone: 'quiet', title: rollout.reason.startsWith('aborted by') ? 'A person ended it.' : 'It was ended for something newer.', ...(kept.link ? kept : { body: back }) };
    }
    case 'needsAttention':
      if (!fromVersion) return { tone: 'bad', title: 'The first release did not come up, and there is nothing to go back to.', body: `${environment} serves nothing. The reason says what is wrong; then promote a release that works.` };
      return { tone: 'bad', title: 'It could neither go on nor go back by itself.', body: `Nothing is known to be well in ${environment} because of this rollout. The reason names the log to read; then promote a release that works, or roll back to one that did.` };
    default:
      return null;
  }
}
