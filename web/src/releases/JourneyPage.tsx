import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useWhyNot } from '../access/queries';
import { isNotFound } from '../api/problem';
import type { ReleaseJourney, StatusView } from '../api/types';
import { useStatus } from '../lanes/queries';
import { Asked } from '../parts/Asked';
import { Icon } from '../parts/Icon';
import { StateChip } from '../parts/Mark';
import { Page } from '../parts/Page';
import { PromoteDialog } from '../promotions/PromoteDialog';
import { RollbackDialog } from '../promotions/RollbackDialog';
import { NotFound } from '../shell/NotFound';
import { CommitStop, ReleaseStop, RunStop } from './BeforeStops';
import { EnvironmentStop } from './EnvironmentStop';
import classes from './Journey.module.css';
import { nextOf, nextStop, type Stop, stopsOf } from './journey';
import { useJourney } from './queries';
import { Veto } from './Veto';

/** One release as one way: from the commit, through its run, to where it runs. */
export function JourneyPage() {
  const { service = '', version = '' } = useParams();
  const journey = useJourney(service, version);
  const status = useStatus();
  if (isNotFound(journey.error) && !journey.data) {
    return <NotFound what={`There is no release ${version} of ${service}`}><p>It may be spelt otherwise. <Link to={`/services/${service}`}>{service}</Link> shows its releases.</p></NotFound>;
  }
  return <Asked query={journey} lines={10}>{(data) => <Asked query={status}>{(board) => <Journey journey={data} status={board} />}</Asked>}</Asked>;
}

/** What a person is about to do, and where. */
export interface Deed { kind: 'promote' | 'rollback'; environment: string; version?: string }

function Journey({ journey, status }: { journey: ReleaseJourney; status: StatusView }) {
  const { service, version, veto } = journey.release;
  const lanes = status.services.find((each) => each.service === service)?.lanes ?? [];
  const stops = stopsOf(journey, status.environments, lanes);
  const [deed, setDeed] = useState<Deed | null>(null);
  const whyNot = useWhyNot('deploy');
  const next = nextStop(stops);
  const lane = lanes.find((each) => each.environment === deed?.environment);
  const close = (): void => setDeed(null);
  return (
    <Page
      title={`${service} ${version}`}
      heading={<>{service} <span className={classes.version}>{version}</span></>}
      above={<><Link to="/">Board</Link><span aria-hidden="true">/</span><Link to={`/services/${service}`}>{service}</Link><span aria-hidden="true">/</span><span>release</span></>}
      below={<><Where stops={stops} vetoed={Boolean(veto)} /><span>{nextOf(journey, stops)}</span></>}
      actions={whyNot === '' && !veto ? (
        <>
          <Veto release={journey.release} size="sm" />
          {next?.offer === 'promote' ? <Button onClick={() => setDeed({ kind: 'promote', environment: next.environment, version })} rightSection={<Icon name="arrow" />}>Promote to {next.environment}…</Button> : null}
        </>
      ) : null}
    >
      <ol className={classes.way} aria-label={`The way of ${service} ${version}`}>
        <CommitStop journey={journey} />
        <RunStop journey={journey} />
        <ReleaseStop journey={journey} />
        {stops.map((stop) => <EnvironmentStop key={stop.environment} stop={stop} release={journey.release} onDeed={whyNot === '' ? setDeed : null} />)}
      </ol>
      {deed?.kind === 'promote' ? <PromoteDialog opened onClose={close} service={service} environments={status.environments} lanes={lanes} environment={deed.environment} version={deed.version} /> : null}
      {deed?.kind === 'rollback' && lane ? <RollbackDialog opened onClose={close} lane={lane} version={deed.version} /> : null}
    </Page>
  );
}

function Where({ stops, vetoed }: { stops: Stop[]; vetoed: boolean }) {
  const here = stops.filter(({ isHere }) => isHere).map(({ environment }) => environment);
  return (
    <>
      {vetoed ? <StateChip state={{ word: 'Vetoed', tone: 'bad' }} large /> : null}
      <StateChip state={here.length > 0 ? { word: `Runs in ${here.join(', ')}`, tone: 'good' } : { word: 'Runs nowhere', tone: 'quiet' }} large />
    </>
  );
}
