import type { LedgerEntry } from '../api/types';
import { Empty } from '../parts/Empty';
import { When } from '../parts/When';
import classes from './Timeline.module.css';

/** Entries as a line through time, newest first. */
export function Timeline({ entries }: { entries: LedgerEntry[] }) {
  if (entries.length === 0) return <Empty title="Nothing is in the ledger about this yet." />;
  return (
    <ol className={classes.timeline}>
      {entries.map((entry) => (
        <li key={entry.index} className={classes.entry}>
          <span className={classes.dot} aria-hidden="true" />
          <p className={classes.text}>{entry.text}</p>
          <p className={classes.meta}><When at={entry.at} focusable /> · {entry.actor === 'slipway' ? 'Slipway' : entry.actor} · entry {entry.index}</p>
        </li>
      ))}
    </ol>
  );
}
