import { Button } from '@mantine/core';
import { useState } from 'react';
import type { LedgerEntry } from '../api/types';
import { Empty } from '../parts/Empty';
import { When } from '../parts/When';
import { tell } from './telling';
import classes from './Timeline.module.css';

interface TimelineProps {
  entries: LedgerEntry[];
  /** So many of them until all are asked for. */
  first?: number;
  /** Characters of a reason, where there is little room. */
  most?: number;
}

/** Entries as a line through time, newest first. */
export function Timeline({ entries, first = 20, most }: TimelineProps) {
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, first);
  const told = tell(shown, most);
  if (entries.length === 0) return <Empty title="Nothing is in the ledger about this yet." />;
  return (
    <>
      <ol className={classes.timeline}>
        {shown.map((entry, index) => (
          <li key={entry.index} className={classes.entry}>
            <span className={classes.dot} aria-hidden="true" />
            <p className={classes.text}>{told[index]}</p>
            <p className={classes.meta}><When at={entry.at} focusable /> · {entry.actor === 'slipway' ? 'Slipway' : entry.actor} · entry {entry.index}</p>
          </li>
        ))}
      </ol>
      {!all && entries.length > first ? <Button mt={10} ml={8} size="compact-sm" variant="subtle" onClick={() => setAll(true)}>Show {entries.length - first} older</Button> : null}
    </>
  );
}
