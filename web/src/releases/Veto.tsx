import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { ReleaseView } from '../api/types';
import { AskWhy } from '../parts/AskWhy';
import { Icon } from '../parts/Icon';
import { When } from '../parts/When';
import { useVeto } from './queries';
import classes from './ReleaseList.module.css';

export function Vetoed({ veto }: { veto: NonNullable<ReleaseView['veto']> }) {
  return (
    <p className={classes.vetoed} data-tone="bad">
      <Icon name="veto" size={14} /><span>Vetoed by {veto.by} <When at={veto.at} />: {veto.why}</span>
    </p>
  );
}

export function Veto({ release, size = 'compact-xs' }: { release: ReleaseView; size?: 'compact-xs' | 'sm' }) {
  const [opened, setOpened] = useState(false);
  const veto = useVeto(release.service, release.version);
  return (
    <>
      <Tooltip label="Never this release, anywhere">
        <Button size={size} variant={size === 'sm' ? 'default' : 'subtle'} color="gray" onClick={() => setOpened(true)} aria-label={`Veto ${release.version}`}>Veto…</Button>
      </Tooltip>
      <AskWhy
        opened={opened} onClose={() => setOpened(false)} title={`Veto ${release.service} ${release.version}`} deed={`Veto ${release.version}`} danger whyRequired
        pending={veto.isPending} error={veto.error} onConfirm={(why) => veto.mutate(why, { onSuccess: () => setOpened(false) })}
      >
        <p>No promotion will bring {release.version} anywhere again. Where it runs now{release.runsIn.length > 0 ? ` (${release.runsIn.join(', ')})` : ''}, it goes on until something else replaces it.</p>
      </AskWhy>
    </>
  );
}
