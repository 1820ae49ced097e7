import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { LogLines } from './logLines';
import { LogReader, type Reading } from './logReader';
import { LogSearch } from './logSearch';
import { logOf } from './logSource';

const nothing: Reading = { version: 0, state: 'first', whyNone: null, error: null, lost: null };
const noChange = (): (() => void) => () => undefined;

/** The log of an attempt, which grows while the job goes on. */
export function useLog(run: string, job: string, attempt: number, goesOn: boolean): { reader: LogReader | null; reading: Reading } {
  const [reader, setReader] = useState<LogReader | null>(null);
  useEffect(() => {
    const made = new LogReader(logOf(run, job, attempt));
    setReader(made);
    const show = (): void => made.show(!document.hidden);
    show();
    document.addEventListener('visibilitychange', show);
    return () => {
      document.removeEventListener('visibilitychange', show);
      made.stop();
    };
  }, [run, job, attempt]);
  useEffect(() => reader?.follow(goesOn), [reader, goesOn]);
  const reading = useSyncExternalStore(reader?.subscribe ?? noChange, reader?.get ?? (() => nothing));
  return { reader, reading };
}

/** So many lines are looked at before the page may do something else. */
const linesAtOnce = 20_000;

/** The lines that contain a text, in order; found a part of the log at a time. */
export function useFound(lines: LogLines, version: number, wanted: string): { found: readonly number[]; looking: boolean } {
  const search = useMemo(() => new LogSearch(wanted, lines.plain), [wanted, lines]);
  const [looked, setLooked] = useState({ search, count: 0, looking: true });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const go = (): void => {
      const looking = search.advance(lines.count, linesAtOnce);
      setLooked({ search, count: search.found.length, looking });
      if (looking) timer = setTimeout(go, 0);
    };
    timer = setTimeout(go, 0);
    return () => clearTimeout(timer);
  }, [search, lines, version]);
  return { found: search.found, looking: looked.search !== search || looked.looking };
}
