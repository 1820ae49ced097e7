import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/queries';
import type { EnvironmentView, LaneView } from '../api/types';
import { Health } from '../lanes/LaneCell';
import { LaneNews } from '../lanes/LaneNews';
import { Icon } from '../parts/Icon';
import { When } from '../parts/When';
import { PromoteDialog } from '../promotions/PromoteDialog';
import { RollbackDialog } from '../promotions/RollbackDialog';
import { ReleaseLink } from '../releases/ReleaseLink';
import { oneOrTwoLines } from '../words/brief';
import classes from './ServicePage.module.css';

interface LanePanelProps { lane: LaneView; lanes: LaneView[]; environments: EnvironmentView[] }

/** One lane of a service: what runs and where it answers, what moves and what is in the way as on the board, and what can be done. */
export function LanePanel({ lane, lanes, environments }: LanePanelProps) {
  const frozen = environments.find((each) => each.name === lane.environment)?.frozen;
  return (
    <section className={classes.lane} aria-label={`${lane.service} in ${lane.environment}`}>
      <div className={classes.runs}>
        <div className={classes.head}>
          <h2 className={classes.environment}>{lane.environment}</h2>
          <Health lane={lane} />
        </div>
        {lane.version ? (
          <p className={classes.version}>
            <strong><ReleaseLink service={lane.service} version={lane.version} className={classes.release} /></strong>
            {lane.since ? <span className={classes.since}>since <When at={lane.since} focusable /></span> : null}
          </p>
        ) : null}
      </div>
      <div>
        {lane.url ? <Address url={lane.url} port={lane.port} /> : lane.worker ? <p className={classes.urls}><span className="quiet">no traffic: a worker</span></p> : null}
        {lane.processes && lane.processes.length > 0 ? <p className={classes.urls}><span className="quiet">{lane.processes.map((process) => `${process.name} ${process.healthy} of ${process.wanted}`).join(', ')}</span></p> : null}
        {lane.previewUrl ? <Address url={lane.previewUrl} port={lane.previewPort} of="Preview of what comes" /> : null}
      </div>
      <div className={classes.news}>
        {frozen ? <p className={classes.note} data-tone="attention"><Icon name="snow" size={14} /><span><Link to="/freezes">Frozen</Link>: {frozen}</span></p> : null}
        <LaneNews lane={lane} most={oneOrTwoLines} />
      </div>
      <LaneButtons lane={lane} lanes={lanes} environments={environments} />
    </section>
  );
}

function Address({ url, port, of }: { url: string; port?: number | null; of?: string }) {
  if (!/^https?:\/\//.test(url)) return null;
  return (
    <p className={classes.urls}>
      {of ? <span className="quiet">{of}</span> : null}
      <a className={classes.url} href={url} target="_blank" rel="noreferrer">
        <span>{url.replace(/^https?:\/\//, '').replace(/\/$/, '')}</span><Icon name="external" size={13} />
      </a>
      {port ? <span className="quiet">or 127.0.0.1:{port}</span> : null}
    </p>
  );
}

function LaneButtons({ lane, lanes, environments }: LanePanelProps) {
  const [dialog, setDialog] = useState<'promote' | 'rollback' | null>(null);
  const whyNot = useWhyNot('deploy');
  const close = (): void => setDialog(null);
  const refused = whyNot ? { 'data-disabled': true, 'aria-disabled': true } : {};
  return (
    <div className={classes.buttons}>
      <Tooltip label={whyNot} disabled={!whyNot}>
        <Button size="xs" variant="default" {...refused} onClick={() => { if (!whyNot) setDialog('promote'); }} aria-label={`Promote to ${lane.environment}`}>Promote…</Button>
      </Tooltip>
      {lane.rollbackTo.length > 0 ? (
        <Tooltip label={whyNot} disabled={!whyNot}>
          <Button size="xs" variant="default" leftSection={<Icon name="back" size={14} />} {...refused} onClick={() => { if (!whyNot) setDialog('rollback'); }} aria-label={`Roll back in ${lane.environment}`}>
            Roll back…
          </Button>
        </Tooltip>
      ) : null}
      <PromoteDialog opened={dialog === 'promote'} onClose={close} service={lane.service} environments={environments} lanes={lanes} environment={lane.environment} />
      <RollbackDialog opened={dialog === 'rollback'} onClose={close} lane={lane} />
    </div>
  );
}
