import { Button, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/queries';
import type { FreezeView, HoldView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { StateText } from '../parts/Mark';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import type { StateWords } from '../words/states';
import { shortTime } from '../words/time';
import { AddFreezeDialog } from './AddFreezeDialog';
import { AddHoldDialog } from './AddHoldDialog';
import { LiftButton } from './LiftButton';
import { useLedTo } from './ledTo';
import { useFreezes, useHolds, useLiftFreeze, useLiftHold } from './queries';

export function FreezesPage() {
  return (
    <Page title="Freezes and holds" heading="Freezes and holds" below="A freeze keeps every change out of an environment for a time. A hold keeps one release, or all of them, out of a lane until somebody lifts it: what is promoted waits. Rollbacks go past both.">
      <Freezes />
      <Holds />
    </Page>
  );
}

function AddButton({ word, whyNot, onClick }: { word: string; whyNot: string | null; onClick: () => void }) {
  return (
    <Tooltip label={whyNot} disabled={!whyNot}>
      <Button
        size="xs" variant="default" data-disabled={whyNot ? true : undefined} aria-disabled={whyNot ? true : undefined}
        onClick={() => { if (!whyNot) onClick(); }}
      >
        {word}
      </Button>
    </Tooltip>
  );
}

const freezeStates: Record<string, StateWords> = {
  active: { word: 'In force', tone: 'attention' }, upcoming: { word: 'To come', tone: 'waiting' }, over: { word: 'Over', tone: 'quiet' },
};
const order = ['active', 'upcoming', 'over'];

function Freezes() {
  const freezes = useFreezes();
  const whyNot = useWhyNot('editPolicy');
  const [adding, setAdding] = useState(false);
  return (
    <Panel title="Freezes" aside={<AddButton word="Add a freeze…" whyNot={whyNot} onClick={() => setAdding(true)} />} flush>
      <Asked query={freezes}>
        {(data) => (data.length === 0 ? (
          <Empty title="No environment is frozen."><p>Add one before a busy weekend or a migration: promotions then wait, with the reason that you give.</p></Empty>
        ) : (
          <table className={table.table}>
            <thead><tr><th>Environment</th><th>State</th><th>From</th><th>Until</th><th>Why</th><th>By</th><th><span className="sr">Actions</span></th></tr></thead>
            <tbody>{[...data].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).map((freeze) => <FreezeRow key={freeze.id} freeze={freeze} />)}</tbody>
          </table>
        ))}
      </Asked>
      <AddFreezeDialog opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function FreezeRow({ freeze }: { freeze: FreezeView }) {
  const lift = useLiftFreeze();
  const whyNot = useWhyNot('override');
  return (
    <tr {...useLedTo(freeze.id)}>
      <td><span className={table.main}>{freeze.environment}</span></td>
      <td data-label="State" className={table.tight}><StateText state={freezeStates[freeze.state] ?? { word: freeze.state, tone: 'attention' }} /></td>
      <td data-label="From"><span>{shortTime(freeze.from)} <span className={table.under}><When at={freeze.from} focusable /></span></span></td>
      <td data-label="Until"><span>{shortTime(freeze.until)} <span className={table.under}><When at={freeze.until} focusable /></span></span></td>
      <td data-label="Why" className={table.prose}>{freeze.why}</td>
      <td data-label="By">{freeze.by}</td>
      <td className={table.tight}>
        {freeze.state === 'over' ? null : (
          <LiftButton
            name={`the freeze of ${freeze.environment}`} whyNot={whyNot} pending={lift.isPending} error={lift.error}
            onLift={(done) => lift.mutate(freeze.id, { onSuccess: () => { done(); notifications.show({ message: `${freeze.environment} is no longer frozen by this.` }); } })}
          >
            <p>Promotions that wait for it go on, as far as their other gates let them.</p>
          </LiftButton>
        )}
      </td>
    </tr>
  );
}

function Holds() {
  const holds = useHolds();
  const whyNot = useWhyNot('deploy');
  const [adding, setAdding] = useState(false);
  return (
    <Panel title="Holds" aside={<AddButton word="Add a hold…" whyNot={whyNot} onClick={() => setAdding(true)} />} flush>
      <Asked query={holds}>
        {(data) => (data.length === 0 ? (
          <Empty title="Nothing is held."><p>A rollback holds the release that it takes back, so that nothing brings it in again unseen.</p></Empty>
        ) : (
          <table className={table.table}>
            <thead><tr><th>Service</th><th>Environment</th><th>Release</th><th>Since</th><th>Why</th><th>By</th><th><span className="sr">Actions</span></th></tr></thead>
            <tbody>{data.map((hold) => <HoldRow key={hold.id} hold={hold} whyNot={whyNot} />)}</tbody>
          </table>
        ))}
      </Asked>
      <AddHoldDialog opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function HoldRow({ hold, whyNot }: { hold: HoldView; whyNot: string | null }) {
  const lift = useLiftHold();
  const what = hold.version ?? 'every release';
  return (
    <tr {...useLedTo(hold.id)}>
      <td><Link to={`/services/${hold.service}`} className={table.main}>{hold.service}</Link></td>
      <td data-label="Environment">{hold.environment}</td>
      <td data-label="Release" className={table.version}>{what}</td>
      <td data-label="Since"><span><When at={hold.at} focusable /></span></td>
      <td data-label="Why" className={table.prose}>{hold.why}</td>
      <td data-label="By">{hold.by === 'slipway' ? 'Slipway' : hold.by}</td>
      <td className={table.tight}>
        <LiftButton
          name={`the hold on ${hold.service} in ${hold.environment}`} whyNot={whyNot} pending={lift.isPending} error={lift.error}
          onLift={(done) => lift.mutate(hold.id, { onSuccess: () => { done(); notifications.show({ message: `${what} of ${hold.service} may come into ${hold.environment} again.` }); } })}
        >
          <p>{what.charAt(0).toUpperCase() + what.slice(1)} of {hold.service} may come into {hold.environment} again; promotions that wait for this go on. It was held because: {hold.why}</p>
        </LiftButton>
      </td>
    </tr>
  );
}
