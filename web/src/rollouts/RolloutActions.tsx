import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useWhoAmI, useWhyNot } from '../access/queries';
import type { RolloutView } from '../api/types';
import { announce } from '../live/announce';
import { AskWhy } from '../parts/AskWhy';
import { Icon } from '../parts/Icon';
import { type Ask, deeds, namesStep, titleOf, whyNotApprovedBy, whyNotNow, wordOf } from './deeds';
import { hasEnded } from './meaning';
import { useActOnRollout } from './queries';

/** Only what the server says can be done now can be pressed; an ended rollout has no buttons. */
export function RolloutActions({ rollout }: { rollout: RolloutView }) {
  const [asked, setAsked] = useState<Ask | null>(null);
  // What the person saw: it may be at another step before they confirm.
  const [step, setStep] = useState<number | null>(null);
  const whyNotDeploy = useWhyNot('deploy');
  const me = useWhoAmI();
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
        const refused = (action === 'approve' ? whyNotApprove || whyNotApprovedBy(me.data?.identity, rollout) : whyNotDeploy) || whyNotNow(action, rollout);
        return (
          <Tooltip key={action} label={refused} disabled={!refused}>
            <Button
              size="sm" variant={action === 'resume' || action === 'approve' ? 'filled' : 'default'} c={deeds[action].danger && !refused ? 'var(--bad)' : undefined} leftSection={<Icon name={deeds[action].icon} />}
              {...(refused ? { 'data-disabled': true, 'aria-disabled': true, title: refused } : {})}
              onClick={() => { if (!refused) { setAsked(action); setStep(rollout.step ?? null); } }}
            >
              {wordOf(action, rollout)}{deeds[action].danger ? '…' : ''}
            </Button>
          </Tooltip>
        );
      })}
      {deed && asked ? (
        <AskWhy
          opened onClose={close} title={`${titleOf(asked, rollout, step)} of ${rollout.service} ${rollout.version}`} deed={wordOf(asked, rollout)} danger={deed.danger}
          whyRequired={deed.danger} pending={act.isPending} error={act.error}
          onConfirm={(why) => act.mutate({ action: asked, why, step: namesStep(asked) && step !== null ? String(step) : undefined }, { onSuccess: () => { announce(`${wordOf(asked, rollout)}: done`); close(); } })}
        >
          <p>{deed.says(rollout)}</p>
        </AskWhy>
      ) : null}
    </>
  );
}
