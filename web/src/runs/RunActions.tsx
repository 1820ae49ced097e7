import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useWhyNot } from '../access/queries';
import type { RunView } from '../api/types';
import { announce } from '../live/announce';
import { AskWhy } from '../parts/AskWhy';
import { Icon, type IconName } from '../parts/Icon';
import { runIsOver } from '../words/states';
import { useCancelRun, type useRerun } from './queries';

interface RunActionsProps { run: RunView; rerun: ReturnType<typeof useRerun> }

/** What may be done with a run: one that goes on can be cancelled, one that has ended can run again. */
export function RunActions({ run, rerun }: RunActionsProps) {
  const [cancelling, setCancelling] = useState(false);
  const cancel = useCancelRun(run.id);
  const close = (): void => { setCancelling(false); cancel.reset(); };
  const again = (failedOnly: boolean): void => rerun.mutate({ failedOnly }, { onSuccess: () => announce('It runs again') });
  const someFailed = run.jobs.some((job) => job.state === 'failed' || job.state === 'cancelled');
  const over = runIsOver(run.state);
  return (
    <>
      {over && someFailed ? <Deed icon="retry" word="Re-run what failed" filled loading={rerun.isPending && rerun.variables.failedOnly} onPress={() => again(true)} /> : null}
      {over ? <Deed icon="retry" word="Re-run all" loading={rerun.isPending && !rerun.variables.failedOnly} onPress={() => again(false)} /> : null}
      {over ? null : <Deed icon="stop" word="Cancel…" danger onPress={() => setCancelling(true)} />}
      <AskWhy
        opened={cancelling} onClose={close} title={`Cancel ${run.id}`} deed="Cancel the run" danger pending={cancel.isPending} error={cancel.error}
        onConfirm={(why) => cancel.mutate(why, { onSuccess: () => { announce('Cancelled'); close(); } })}
      >
        <p>What runs of it is ended on its agents at once, and no release comes of it. It can be run again afterwards, on the same commit.</p>
      </AskWhy>
    </>
  );
}

interface DeedProps { icon: IconName; word: string; filled?: boolean; danger?: boolean; loading?: boolean; onPress: () => void }

function Deed({ icon, word, filled = false, danger = false, loading = false, onPress }: DeedProps) {
  const whyNot = useWhyNot('deploy');
  return (
    <Tooltip label={whyNot} disabled={!whyNot}>
      <Button
        size="sm" variant={filled ? 'filled' : 'default'} c={danger && !whyNot ? 'var(--bad)' : undefined} leftSection={<Icon name={icon} />} loading={loading}
        {...(whyNot ? { 'data-disabled': true, 'aria-disabled': true } : {})} onClick={() => { if (!whyNot) onPress(); }}
      >
        {word}
      </Button>
    </Tooltip>
  );
}
