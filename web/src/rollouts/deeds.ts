import type { RolloutAction, RolloutView } from '../api/types';
import type { IconName } from '../parts/Icon';
import { sides } from './meaning';
import { heldRing } from './rings';

/** What a person can have a rollout do, and what that means. */
interface Deed { word: string; icon: IconName; danger?: boolean; title: string; says: (rollout: RolloutView) => string }

export type Ask = RolloutAction | 'approve';

export const deeds: Record<Ask, Deed> = {
  approve: {
    word: 'Approve', icon: 'check', title: 'Approve this step',
    says: ({ version, environment }) => `You agree that ${version} goes on from here in ${environment}.`,
  },
  pause: {
    word: 'Pause', icon: 'pause', title: 'Pause the rollout',
    says: (rollout) => rollout.worker ? 'Both versions keep their instances until somebody resumes it. The judge goes on, and a failure still takes those of the new one back.' : `The weights stay ${rollout.weights.length > 0 ? `at ${sides(rollout).fresh?.weight ?? 0} %` : 'as they are'} until somebody resumes it. The judge goes on, and a failure still takes the traffic back.`,
  },
  resume: { word: 'Resume', icon: 'play', title: 'Resume the rollout', says: ({ actionsInWords }) => sentence(actionsInWords?.resume) ?? 'It goes on with the step at which it stands.' },
  skip: { word: 'Skip the step', icon: 'skip', title: 'Skip this step', says: ({ actionsInWords }) => sentence(actionsInWords?.skip) ?? 'The step is left out. The next one begins at once.' },
  retry: { word: 'Retry the step', icon: 'retry', title: 'Retry this step', says: (rollout) => `${heldRing(rollout)?.name ?? 'The step'} begins anew, and the judgement from nothing: verifications run again, and ${heldRing(rollout) ? 'instances' : 'instances that gave up'} are started again.` },
  abort: {
    word: 'Abort', icon: 'stop', danger: true, title: 'Abort the rollout',
    says: ({ version, fromVersion, environment, worker }) => (fromVersion && worker
      ? `The instances of ${version} in ${environment} end, and all are of ${fromVersion} again.`
      : fromVersion
      ? `All traffic in ${environment} goes back to ${fromVersion} at once. ${version} gets no further request.`
      : `${environment} will ${worker ? 'run' : 'serve'} nothing: no version ran there before ${version}.`),
  },
};

const sentence = (words: string | undefined): string | undefined => words && `It ${words}.`;

/** What a retry begins anew is the ring where that was given back. */
export const wordOf = (action: Ask, rollout: RolloutView): string => (action === 'retry' && heldRing(rollout) ? 'Retry the ring' : deeds[action].word);

/** These are refused once it has gone on to another step. */
export const namesStep = (action: Ask): boolean => action === 'skip' || action === 'resume' || action === 'retry';

/**
 * What is asked about, before the person says yes.
 * @param step The number of the step that was seen when it was asked, from 1.
 */
export function titleOf(action: Ask, rollout: RolloutView, step: number | null): string {
  const ring = action === 'retry' ? heldRing(rollout) : undefined;
  const meant = step === null ? undefined : rollout.steps[step - 1];
  return ring ? `Retry ${ring.name}`
    : meant && action === 'skip' ? `Skip ${meant.title}`
    : meant && action === 'retry' ? `Retry ${meant.title}`
    : deeds[action].title;
}

/** Why nobody may do it now. */
export function whyNotNow(action: Ask, rollout: RolloutView): string {
  if (rollout.actions.includes(action)) return '';
  if (rollout.state === 'rollingBack') return 'It is on its way back already.';
  const failed = rollout.actions.includes('retry') && !rollout.actions.includes('resume');
  const kind = rollout.step ? rollout.steps[rollout.step - 1]?.kind : undefined;
  if (action === 'skip') {
    return failed ? 'It has failed: what failed is retried, or ended.'
      : kind === 'approve' ? 'What waits for approvals goes on with them alone.'
      : kind === 'weight' || kind === 'verify' ? 'A weight or a verification can be left out while the rollout is paused.'
      : 'This step cannot be left out.';
  }
  return action === 'pause' && rollout.state === 'paused' ? 'It is paused already.'
    : action === 'pause' && rollout.state === 'watching' ? 'All traffic is on it already, and is watched.'
    : 'Not possible in this state.';
}

/** Why this identity may not approve the step that waits for it; the server, which knows the persons behind identities, has the last word. */
export function whyNotApprovedBy(identity: string | undefined, { approvals }: RolloutView): string {
  if (!identity || !approvals) return '';
  return approvals.excluded.includes(identity) ? 'You made the release or asked for its promotion: somebody else must approve it.'
    : approvals.given.some((given) => given.by === identity) ? 'You have approved it already: another person is waited for.'
    : '';
}
