import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/queries';
import { isNotFound } from '../api/problem';
import type { RunTestsView, RunTestView, RunView, TestOutcome } from '../api/types';
import { Icon } from '../parts/Icon';
import { Panel } from '../parts/Panel';
import { Problem } from '../parts/Problem';
import { count, plural } from '../words/numbers';
import { CoverageFigure } from './CoverageFigure';
import { QuarantineDialog } from './QuarantineDialog';
import { useRunTests } from './queries';
import { TestRow } from './TestRow';
import classes from './Tests.module.css';
import { besides, summary } from './words';

const outcomes = [{ value: 'all', label: 'All' }, { value: 'failed', label: 'Failed' }, { value: 'skipped', label: 'Skipped' }];

/** The tests of a run. A run that reported none has no such panel. */
export function TestPanel({ run }: { run: RunView }) {
  const [outcome, setOutcome] = useState<TestOutcome | null>(null);
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed.trim(), 250);
  const tests = useRunTests(run.id, outcome, name);
  const first = tests.data?.pages[0];
  // Without a run, the page says so.
  if (!first) return tests.error && !isNotFound(tests.error) ? <Panel title="Tests"><Problem error={tests.error} onRetry={() => void tests.refetch()} /></Panel> : null;
  const all = first.passed + first.failed + first.skipped;
  if (all === 0) return first.coverage ? <Panel title="Tests"><CoverageFigure coverage={first.coverage} /></Panel> : null;
  return (
    <Panel title="Tests" aside={<Link to={`/services/${run.service}/tests`}>Over all runs</Link>}>
      <div className={classes.head}>
        <p className={classes.sum}><strong>{summary(first)}</strong>{besides(first) ? <span className="quiet"> · {besides(first)}</span> : null}</p>
        {first.coverage ? <CoverageFigure coverage={first.coverage} /> : null}
        {first.left > 0 ? <p className="quiet">{plural(first.left, 'more test')} {first.left === 1 ? 'was' : 'were'} reported than {first.left === 1 ? 'is' : 'are'} kept; none that failed comes short of those that passed.</p> : null}
      </div>
      <div className={classes.tools}>
        <SegmentedControl size="xs" aria-label="Which tests" data={outcomes} value={outcome ?? 'all'} onChange={(value) => setOutcome(value === 'all' ? null : value as TestOutcome)} />
        <TextInput size="xs" value={typed} placeholder="Part of a name" aria-label="Only tests with this in their name" leftSection={<Icon name="search" size={14} />} onChange={(event) => setTyped(event.currentTarget.value)} />
        <span className={classes.matches} role="status">{first.matching === all ? '' : `${count(first.matching)} of ${count(all)}`}</span>
      </div>
      <TestRows
        key={`${outcome ?? ''} ${name}`} service={run.service} tests={tests.data?.pages.flatMap((page) => page.items) ?? []} matching={first.matching} withJobs={run.jobs.length > 1}
        more={tests.hasNextPage && !tests.isFetchingNextPage ? () => void tests.fetchNextPage() : null}
      />
    </Panel>
  );
}

interface TestRowsProps { service: string; tests: RunTestView[]; matching: RunTestsView['matching']; withJobs: boolean; more: (() => void) | null }

/** Only what is in sight is in the page; the next ones are read when the last of those that are there comes into sight. */
function TestRows({ service, tests, matching, withJobs, more }: TestRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<string | null>(null);
  const whyNot = useWhyNot('deploy');
  const rows = useVirtualizer({ count: tests.length, getScrollElement: () => box.current, estimateSize: () => 34, overscan: 12, getItemKey: (index) => tests[index]?.name ?? index });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= tests.length - 20) more?.();
  }, [last, tests.length, more]);
  if (tests.length === 0) return <p className="quiet">No test is so.</p>;
  const unfold = (name: string, isOpen: boolean): void => setOpen((before) => new Set(isOpen ? [...before, name] : [...before].filter((each) => each !== name)));
  return (
    <>
      <div ref={box} className={classes.box} tabIndex={0} role="region" aria-label="Tests">
        <div className={classes.all} role="list" style={{ height: rows.getTotalSize() }}>
          {shown.map((row) => {
            const test = tests[row.index];
            if (!test) return null;
            return (
              <div key={row.key} ref={rows.measureElement} data-index={row.index} role="listitem" aria-setsize={matching} aria-posinset={row.index + 1} className={classes.row} style={{ transform: `translateY(${row.start}px)` }}>
                <TestRow
                  test={test} withJobs={withJobs} open={open.has(test.name)} onOpen={(isOpen) => unfold(test.name, isOpen)}
                  onQuarantine={!whyNot && !test.quarantined && (test.outcome === 'failed' || test.flaky) ? () => setAsked(test.name) : null}
                />
              </div>
            );
          })}
        </div>
      </div>
      <QuarantineDialog service={service} test={asked} onClose={() => setAsked(null)} />
    </>
  );
}
