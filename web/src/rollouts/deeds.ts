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
  skip: { word: 'Skip the step', icon: 'skip', title: 'Skip this step', says: () => 'The step is left out, with whatever it would have waited for or found. The next one begins at once.' },
  retry: { word: 'Retry the step', icon: 'retry', title: 'Retry this step', says: (rollout) => `${heldRing(rollout)?.name ?? 'The step'} begins anew: instances are started again, verifications run again, and the judgement begins from nothing.` },
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

/** What is asked about, before the person says yes. */
export function titleOf(action: Ask, rollout: RolloutView): string {
  const ring = action === 'retry' ? heldRing(rollout) : undefined;
  return ring ? `Retry ${ring.name}` : deeds[action].title;
}
