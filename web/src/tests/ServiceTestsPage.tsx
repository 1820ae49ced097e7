import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useWhyNot } from '../access/queries';
import { isNotFound } from '../api/problem';
import type { ServiceTestView, TestedRunView } from '../api/types';
import { LiftButton } from '../freezes/LiftButton';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { Loading } from '../parts/Loading';
import { StateText } from '../parts/Mark';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import { Problem } from '../parts/Problem';
import { When } from '../parts/When';
import { runNumber } from '../runs/address';
import { NotFound } from '../shell/NotFound';
import { milliseconds, percent, plural } from '../words/numbers';
import { History } from './History';
import { QuarantineDialog } from './QuarantineDialog';
import { useLiftQuarantine, useServiceTests, type Show } from './queries';
import classes from './Tests.module.css';
import { standingOf } from './words';

const shows: { value: Show | 'all'; label: string }[] = [
  { value: 'all', label: 'All' }, { value: 'failing', label: 'Failing' }, { value: 'flaky', label: 'Flaky' }, { value: 'slowest', label: 'Slowest' }, { value: 'quarantined', label: 'Quarantined' },
];

/** A service's tests over its last runs. */
export function ServiceTestsPage() {
  const { service = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const show = shows.find((each) => each.value === search.get('show') && each.value !== 'all')?.value as Show | undefined ?? null;
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed.trim(), 250);
  const tests = useServiceTests(service, show, name);
  const first = tests.data?.pages[0];
  if (isNotFound(tests.error) && !first) return <NotFound what={`There is no service “${service}”`}><p><Link to="/">The board</Link> shows all services.</p></NotFound>;
  const newest = first?.runs[0];
  return (
    <Page
      title={`Tests of ${service}`} heading={<>Tests of {service}</>} above={<><Link to="/">Board</Link><span aria-hidden="true">/</span><Link to={`/services/${service}`}>{service}</Link></>}
      below={newest ? <>
        <span>{plural(first.runs.length, 'run')} with tests; the newest is <Link className={classes.inText} to={`/runs/${newest.run}`}>run {runNumber(newest.run)}</Link>, <When at={newest.at} /></span>
        {newest.covered != null && newest.valid != null ? <span>Coverage {percent(newest.covered, newest.valid) ?? '–'}</span> : null}
      </> : null}
    >
      {tests.error && !first ? <Problem error={tests.error} onRetry={() => void tests.refetch()} /> : null}
      {!first && !tests.error ? <Loading lines={8} /> : null}
      {first ? (
        <Panel title="Tests" aside={first.runs.length === 0 ? null : plural(first.matching, 'test')} flush={first.runs.length > 0}>
          {first.runs.length === 0 ? (
            <Empty title="No run has reported tests yet."><p>A step does that says where its files are; this shows how:</p><Command line="slipway docs slipway" /></Empty>
          ) : (
            <>
              <div className={classes.filters}>
                <SegmentedControl size="xs" aria-label="Which tests" data={shows} value={show ?? 'all'} onChange={(value) => setSearch(value === 'all' ? {} : { show: value }, { replace: true })} />
                <TextInput size="xs" value={typed} placeholder="Part of a name" aria-label="Only tests with this in their name" leftSection={<Icon name="search" size={14} />} onChange={(event) => setTyped(event.currentTarget.value)} />
              </div>
              {first.matching === 0 ? <Empty title="No test is so." /> : (
                <Rows
                  key={`${show ?? ''} ${name}`} service={service} tests={tests.data?.pages.flatMap((page) => page.items) ?? []} runs={first.runs} matching={first.matching}
                  more={tests.hasNextPage && !tests.isFetchingNextPage ? () => void tests.fetchNextPage() : null}
                />
              )}
            </>
          )}
        </Panel>
      ) : null}
    </Page>
  );
}

interface RowsProps { service: string; tests: ServiceTestView[]; runs: TestedRunView[]; matching: number; more: (() => void) | null }

function Rows({ service, tests, runs, matching, more }: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [asked, setAsked] = useState<string | null>(null);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({ count: tests.length, estimateSize: () => 58, overscan: 12, scrollMargin: top, getItemKey: (index) => tests[index]?.name ?? index });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= tests.length - 20) more?.();
  }, [last, tests.length, more]);
  return (
    <>
      <div ref={list} className={classes.all} role="list" aria-label="Tests" style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const test = tests[row.index];
          if (!test) return null;
          return (
            <div key={row.key} ref={rows.measureElement} data-index={row.index} role="listitem" aria-setsize={matching} aria-posinset={row.index + 1} className={classes.row} style={{ transform: `translateY(${row.start - top}px)` }}>
              <ServiceTest service={service} test={test} runs={runs} onQuarantine={() => setAsked(test.name)} />
            </div>
          );
        })}
      </div>
      <QuarantineDialog service={service} test={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function ServiceTest({ service, test, runs, onQuarantine }: { service: string; test: ServiceTestView; runs: TestedRunView[]; onQuarantine: () => void }) {
  const whyNot = useWhyNot('deploy');
  const { quarantine } = test;
  const needsSomebody = test.failingSince || test.flaky;
  return (
    <div className={classes.serviceTest}>
      <span className={classes.standing}><StateText state={standingOf(test.standing, test.flaky, Boolean(quarantine))} /></span>
      <div className={classes.words}>
        <p className={classes.plainName}>{test.name}</p>
        {needsSomebody || quarantine ? (
          <p className={classes.about}>
            {[
              test.failingSince ? <span key="since">Fails since <Link to={`/runs/${test.failingSince}`}>run {runNumber(test.failingSince)}</Link></span> : null,
              test.flaky ? <span key="flaky">Flaky: {test.flaky}</span> : null,
              quarantine ? <span key="quarantine">{quarantine.owner} mends it; it counts again <When at={quarantine.until} />. {quarantine.why}</span> : null,
            ]}
          </p>
        ) : null}
      </div>
      <History history={test.history} runs={runs} />
      <span className={classes.took}>{test.standing === 'skipped' ? '' : milliseconds(test.milliseconds)}</span>
      <span className={classes.deed}>
        {quarantine ? <Lift service={service} id={quarantine.id} name={test.name} /> : needsSomebody && !whyNot ? <button type="button" className={classes.tool} aria-label={`Put ${test.name} into quarantine`} onClick={onQuarantine}>Quarantine…</button> : null}
      </span>
    </div>
  );
}

function Lift({ service, id, name }: { service: string; id: string; name: string }) {
  const lift = useLiftQuarantine(service);
  return (
    <LiftButton name={`the quarantine of ${name}`} whyNot={useWhyNot('deploy')} pending={lift.isPending} error={lift.error} onLift={(done) => lift.mutate(id, { onSuccess: done })}>
      <p>In jobs that begin from now on, its failures count again.</p>
    </LiftButton>
  );
}
