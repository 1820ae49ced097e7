import { ActionIcon, Switch, TextInput, Tooltip } from '@mantine/core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { RunJobView } from '../api/types';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { Loading } from '../parts/Loading';
import { Problem } from '../parts/Problem';
import { useWordsOfNow } from '../words/clock';
import { count } from '../words/numbers';
import { clockTime, duration } from '../words/time';
import { GroupRow, LineRow, SectionRow } from './LogLine';
import { type Group, lastAtMost, type LogLines, type Section } from './logLines';
import type { Lost } from './logReader';
import { groupsOf, lineOfHash, opensByItself, rowAt, rowOfLine, rowsOf, shownRows } from './logRows';
import classes from './LogView.module.css';
import { useFound, useLog } from './useLog';

interface LogViewProps {
  run: string;
  job: RunJobView;
  attempt: number;
  /** The job is under way: more lines come. */
  goesOn: boolean;
}

/** The log of one attempt of a job. */
export function LogView({ run, job, attempt, goesOn }: LogViewProps) {
  const { reader, reading } = useLog(run, job.name, attempt, goesOn);
  if (reading.error && reader) return <Problem error={reading.error} onRetry={reader.retry} />;
  if (!reader || (reading.state === 'first' && !reading.lost)) return <Loading lines={6} />;
  return (
    <div className={classes.log}>
      {reading.lost ? <NotLive lost={reading.lost} onRetry={reader.retry} /> : null}
      {reading.state === 'first' ? null : reader.lines.count === 0 ? <Empty title={goesOn ? 'Nothing has been written yet.' : (reading.state === 'none' && reading.whyNone) || 'It wrote nothing.'} /> : (
        <Lines lines={reader.lines} version={reading.version} job={job} attempt={attempt} goesOn={goesOn} raw={`/api/v1/runs/${encodeURIComponent(run)}/jobs/${encodeURIComponent(job.name)}/log?attempt=${attempt}`} />
      )}
    </div>
  );
}

/** What is shown is old, or comes late; since when, why, and what is done about it. */
function NotLive({ lost: { since, nextTry, why }, onRetry }: { lost: Lost; onRetry: () => void }) {
  const wait = useWordsOfNow((now) => (nextTry === null || nextTry <= now ? 'Trying now…' : `Trying again in ${duration(nextTry - now)}.`));
  return (
    <p className={classes.lost} data-tone="attention">
      <Icon name="unplugged" size={16} />
      <span>
        <strong role="status">This log is not live since {clockTime(since)}{why === null ? ': its connection is lost' : ''}.</strong>{' '}
        {why === null ? null : <>{why} It is read from time to time. </>}
        <span aria-hidden="true">{wait}</span>{' '}
        <button type="button" className={classes.tool} onClick={onRetry}>Try now</button>
      </span>
    </p>
  );
}

interface LinesProps { lines: LogLines; version: number; job: RunJobView; attempt: number; goesOn: boolean; raw: string }

const rowHeight = 22;
const around = 30;
const tallest = 620;
const roomForScrollbar = 18;

function Lines({ lines, version, job, attempt, goesOn, raw }: LinesProps) {
  const [folded, setFolded] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [wanted, setWanted] = useState('');
  const [times, setTimes] = useState(false);
  const { hash } = useLocation();
  const target = lineOfHash(hash);
  const isLast = attempt === job.attempt;
  // What somebody may be reading does not fold away because its step ended.
  const [seen] = useState(() => new Set<number>());
  const rows = useMemo(() => {
    const told = { isRunning: goesOn, hasFailed: job.state === 'failed', stepStates: isLast ? job.steps.map((step) => step.state) : [] };
    return rowsOf(lines.sections, (section) => {
      const open = folded.get(section.first) ?? (seen.has(section.first) || opensByItself(section, lines.sections, told));
      if (open && goesOn && section.step >= 0) seen.add(section.first);
      return open;
    }, lines.groups, (group) => {
      const open = folded.get(keyOf(group)) ?? (seen.has(keyOf(group)) || !group.isClosed);
      if (open && goesOn) seen.add(keyOf(group));
      return open;
    });
    // The lines are the same object however many they become: their version says that there are more.
  }, [lines, version, folded, job, isLast, goesOn, seen]);
  const { found, looking } = useFound(lines, version, wanted);
  const toLine = useToLine();
  const open = (section: Section, isOpen: boolean): void => setFolded((before) => new Map(before).set(section.first, isOpen));
  const openGroups = (groups: readonly Group[], isOpen: boolean): void => setFolded((before) => new Map([...before, ...groups.map((group) => [keyOf(group), isOpen] as const)]));
  const box = useBox(rows.count, goesOn || (job.state === 'failed' && isLast && folded.size === 0 && target === null));

  const shownTarget = useRef<number | null>(null);
  useEffect(() => {
    if (target === null || target === shownTarget.current) return;
    const row = rowOfLine(rows, target);
    const section = lines.sectionOf(target);
    if (row !== null) {
      shownTarget.current = target;
      box.show(row);
    } else if (section) {
      open(section, true);
      openGroups(groupsOf(lines.groups, target), true);
    }
  });

  const { from, to } = shownRows(rows.count, box.top, box.height, rowHeight, around);
  const digits = String(lines.count).length;
  const all = rows.folds.some((fold) => !fold.open);
  return (
    <>
      <div className={classes.tools}>
        <Finder wanted={wanted} onWanted={setWanted} found={found} looking={looking} target={target} onLine={toLine} />
        <Switch size="xs" label="Times" checked={times} onChange={(event) => setTimes(event.currentTarget.checked)} />
        <button type="button" className={classes.tool} onClick={() => { box.stay(); setFolded(new Map([...lines.sections.map((section) => [section.first, all] as const), ...lines.groups.map((group) => [keyOf(group), all] as const)])); }}>{all ? 'Unfold all' : 'Fold all'}</button>
        <a className={classes.tool} href={raw} target="_blank" rel="noreferrer">As text</a>
      </div>
      <div ref={box.ref} className={classes.box} style={{ height: goesOn ? tallest : Math.min(tallest, rows.count * rowHeight + roomForScrollbar) }} onScroll={box.onScroll} tabIndex={0} role="region" aria-label={`What ${job.name} wrote`}>
        <div className={classes.all} style={{ height: rows.count * rowHeight, minWidth: `calc(${digits + lines.longest + (times ? 10 : 0)}ch + 40px)` }}>
          {Array.from({ length: to - from }, (_, index) => from + index).map((row) => {
            const shown = rowAt(rows, row);
            if (!shown) return null;
            return (
              <div key={row} className={classes.row} style={{ transform: `translateY(${row * rowHeight}px)` }}>
                {shown.kind === 'group' ? (
                  <GroupRow name={shown.group.name} level={shown.fold.level - 1} digits={digits} lines={shown.group.end === null ? null : shown.group.end - shown.group.first - (shown.group.isClosed ? 2 : 1)} open={shown.fold.open} onOpen={(isOpen) => { box.stay(); openGroups([shown.group], isOpen); }} />
                ) : shown.kind === 'heading'
                  ? <SectionRow fold={shown.fold} name={nameOf(shown.fold.section, lines.sections, job)} step={isLast ? job.steps[shown.fold.section.step] : undefined} onOpen={(isOpen) => { box.stay(); open(shown.fold.section, isOpen); }} />
                  : <LineRow number={shown.index + 1} digits={digits} level={shown.level} at={times ? lines.timeOf(shown.index) : null} pieces={lines.pieces(shown.index)} wanted={wanted} isTarget={shown.index === target} onNumber={() => { shownTarget.current = shown.index; toLine(shown.index); }} />}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** A section is known by its first line; a group may begin with the same one. */
const keyOf = (group: Group): number => -1 - group.first;

/** A step by its name; what the agent says of none by where it stands. */
function nameOf(section: Section, sections: readonly Section[], job: RunJobView): string {
  if (section.step >= 0) return job.steps[section.step]?.name ?? `Step ${section.step + 1}`;
  return section === sections[0] ? 'Before the steps' : 'After the steps';
}

/** Puts a line into the address, for others to be sent to it. */
function useToLine(): (line: number) => void {
  const navigate = useNavigate();
  const { search } = useLocation();
  return (line) => void navigate({ search, hash: `#L${line + 1}` }, { replace: true, preventScrollReset: true });
}

/** The part of the rows that is in sight. While `follows`, the newest stay in sight unless somebody scrolls away from them. */
function useBox(rowCount: number, follows: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    const watcher = new ResizeObserver(() => setView({ top: box.scrollTop, height: box.clientHeight }));
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (follows && atEnd.current && ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [rowCount, follows]);
  return {
    ref, ...view,
    stay: (): void => { atEnd.current = false; },
    show: (row: number): void => {
      const box = ref.current;
      if (!box) return;
      atEnd.current = false;
      box.scrollTop = Math.max(0, row * rowHeight - box.clientHeight / 2);
      box.scrollIntoView({ block: 'nearest' });
    },
    onScroll: ({ currentTarget: box }: React.UIEvent<HTMLDivElement>): void => {
      atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
      setView({ top: box.scrollTop, height: box.clientHeight });
    },
  };
}

interface FinderProps { wanted: string; onWanted: (wanted: string) => void; found: readonly number[]; looking: boolean; target: number | null; onLine: (line: number) => void }

/** Searches the whole log, folded or not; Enter goes from line to line. */
function Finder({ wanted, onWanted, found, looking, target, onLine }: FinderProps) {
  const at = target === null ? -1 : lastAtMost(found, target, (line) => line);
  const isAt = at >= 0 && found[at] === target;
  const go = (by: 1 | -1): void => {
    const next = by === 1 ? at + 1 : isAt ? at - 1 : at;
    const line = found[(next + found.length) % found.length];
    if (line !== undefined) onLine(line);
  };
  const words = wanted === '' ? '' : found.length === 0 ? (looking ? 'looking…' : 'not found') : `${isAt ? `${count(at + 1)} of ` : ''}${count(found.length)}${looking ? '…' : ''}`;
  return (
    <div className={classes.finder}>
      <TextInput
        size="xs" className={classes.find} value={wanted} placeholder="Search the log" aria-label="Search the log" leftSection={<Icon name="search" size={14} />}
        onChange={(event) => onWanted(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onWanted('');
        }}
      />
      {wanted === '' ? null : (
        <>
          <Tooltip label="The one before (Shift Enter)"><ActionIcon size="sm" variant="subtle" color="gray" disabled={found.length === 0} aria-label="The one before" className={classes.up} onClick={() => go(-1)}><Icon name="fold" /></ActionIcon></Tooltip>
          <Tooltip label="The next one (Enter)"><ActionIcon size="sm" variant="subtle" color="gray" disabled={found.length === 0} aria-label="The next one" onClick={() => go(1)}><Icon name="fold" /></ActionIcon></Tooltip>
        </>
      )}
      <span className={classes.matches} role="status">{words}</span>
    </div>
  );
}
