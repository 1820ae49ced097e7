import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useWhyNot } from '../access/queries';
import type { RolloutAction, RolloutView } from '../api/types';
import { announce } from '../live/announce';
import { AskWhy } from '../parts/AskWhy';
import { Icon, type IconName } from '../parts/Icon';
import { hasEnded, sides } from './meaning';
import { useActOnRollout } from './queries';
import { heldRing } from './rings';

interface Deed { word: string; icon: IconName; danger?: boolean; title: string; says: (rollout: RolloutView) => string }

type Ask = RolloutAction | 'approve';

const deeds: Record<Ask, Deed> = {
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

/** Only what the server says can be done now can be pressed; an ended rollout has no buttons. */
export function RolloutActions({ rollout }: { rollout: RolloutView }) {
  const [asked, setAsked] = useState<Ask | null>(null);
  const whyNotDeploy = useWhyNot('deploy');
  const whyNotApprove = useWhyNot('approve');
  const act = useActOnRollout(rollout.id);
  if (hasEnded(rollout) && rollout.actions.length === 0) return null;
  const can = (action: Ask): boolean => rollout.actions.includes(action);
  const shown: Ask[] = [can('approve') ? 'approve' : can('resume') ? 'resume' : 'pause', ...(can('retry') ? ['retry' as const] : []), 'skip', 'abort'];
  const close = (): void => { setAsked(null); act.reset(); };
  const deed = asked ? deeds[asked] : null;
  return (
    <>
      {shown.map((action) => {
        const refused = (action === 'approve' ? whyNotApprove : whyNotDeploy) || (can(action) ? '' : 'Not possible in this state.');
        return (
          <Tooltip key={action} label={refused} disabled={!refused}>
            <Button
              size="sm" variant={action === 'resume' || action === 'approve' ? 'filled' : 'default'} c={deeds[action].danger && !refused ? 'var(--bad)' : undefined} leftSection={<Icon name={deeds[action].icon} />}
              {...(refused ? { 'data-disabled': true, 'aria-disabled': true } : {})}
              onClick={() => { if (!refused) setAsked(action); }}
            >
              {deeds[action].word}{deeds[action].danger ? '…' : ''}
            </Button>
          </Tooltip>
        );
      })}
      {deed && asked ? (
        <AskWhy
          opened onClose={close} title={`${deed.title} of ${rollout.service} ${rollout.version}`} deed={deed.word} danger={deed.danger}
          whyRequired={deed.danger} pending={act.isPending} error={act.error}
          onConfirm={(why) => act.mutate({ action: asked, why }, { onSuccess: () => { announce(`${deed.word}: done`); close(); } })}
        >
          <p>{deed.says(rollout)}</p>
        </AskWhy>
      ) : null}
    </>
  );
}
