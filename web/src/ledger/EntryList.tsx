import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { runOf } from '../api/keys';
import type { LedgerEntry } from '../api/types';
import { When } from '../parts/When';
import { clockTime } from '../words/time';
import classes from './EntryList.module.css';

const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const dayOf = (entry: LedgerEntry): string => dayFormat.format(new Date(entry.at));

/** Only what is on the screen is in the page, however many entries there are. */
export function EntryList({ entries }: { entries: LedgerEntry[] }) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: entries.length, estimateSize: () => 58, overscan: 12, scrollMargin: top, getItemKey: (index) => entries[index]?.index ?? index,
  });
  return (
    <div ref={list} className={classes.list} role="list" aria-label="Ledger entries, newest first" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((row) => {
        const entry = entries[row.index];
        if (!entry) return null;
        const before = entries[row.index - 1];
        const newDay = !before || dayOf(before) !== dayOf(entry);
        return (
          <div
            key={row.key} ref={rows.measureElement} data-index={row.index} role="listitem" aria-setsize={entries.length} aria-posinset={row.index + 1}
            className={classes.row} style={{ transform: `translateY(${row.start - top}px)` }}
          >
            {newDay ? <p className={classes.day}>{dayOf(entry)}</p> : null}
            <Entry entry={entry} />
          </div>
        );
      })}
    </div>
  );
}

function Entry({ entry }: { entry: LedgerEntry }) {
  return (
    <div className={classes.entry}>
      <span className={classes.clock} title={entry.at}>{clockTime(entry.at)}</span>
      <div className={classes.words}>
        <p>{entry.text}</p>
        <p className={classes.meta}>
          <When at={entry.at} />
          <span>{entry.actor === 'slipway' ? 'Slipway' : entry.actor}</span>
          {entry.service ? <Link to={`/services/${entry.service}`}>{entry.service}</Link> : null}
          {runOf(entry) ? <Link to={`/runs/${runOf(entry)}`}>run</Link> : null}
          {entry.promotion ? <Link to={`/promotions/${entry.promotion}`}>promotion</Link> : null}
        </p>
      </div>
      <span className={classes.index}>#{entry.index}</span>
    </div>
  );
}
