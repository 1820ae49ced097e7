import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { LaneView } from '../api/types';
import { Icon } from '../parts/Icon';
import { Notice } from '../parts/Notice';
import { Problem } from '../parts/Problem';
import classes from './Dialogs.module.css';
import { becauseOf, holdOn } from '../freezes/held';
import { useReleases } from '../releases/queries';
import { versionToGoBackTo } from './choice';
import { ReleaseOption } from './ReleaseOption';
import { useStartRollback } from './queries';

interface RollbackDialogProps {
  opened: boolean;
  onClose: () => void;
  lane: LaneView;
  /** Chosen already; else the newest that was well. */
  version?: string;
}

export function RollbackDialog(props: RollbackDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Roll back ${props.lane.service} in ${props.lane.environment}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Form {...props} />
    </Modal>
  );
}

const heldWords = (lane: LaneView, version: string): string | null => {
  const hold = holdOn(lane, version);
  return hold?.version ? `held: ${becauseOf(hold)}` : null;
};

function Form({ onClose, lane, version: given }: RollbackDialogProps) {
  const start = useStartRollback();
  const navigate = useNavigate();
  const releases = useReleases(lane.service);
  const vetoed = (version: string): boolean => releases.data?.some((each) => each.version === version && each.veto) === true;
  const [chosen, setTo] = useState<string | null>(given ?? null);
  const to = chosen ?? versionToGoBackTo(lane, vetoed) ?? '';
  const hold = lane.holds.find((each) => each.version === to);
  const notes = (version: string): string | null => (vetoed(version) ? 'vetoed: never again' : heldWords(lane, version));
  const [why, setWhy] = useState('');
  const [missing, setMissing] = useState(false);
  const rolling = lane.moving?.state === 'rollingOut' ? lane.moving.version : null;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (why.trim() === '') { setMissing(true); return; }
    start.mutate({ service: lane.service, environment: lane.environment, to, why: why.trim() }, { onSuccess: ({ id }) => void navigate(`/promotions/${id}`) });
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p className={classes.fromTo}>
        <span><span className={classes.small}>runs now</span><strong>{lane.version ?? 'nothing'}</strong></span>
        <Icon name="arrow" size={20} />
        <span><span className={classes.small}>goes back to</span><strong>{to}</strong></span>
      </p>
      {lane.rollbackTo.length > 1 ? (
        <Select
          label="Go back to" description="Versions that completed their watch here, newest first; those that are held come last." value={to} allowDeselect={false}
          data={lane.rollbackTo.map((version) => ({ value: version, label: version, disabled: vetoed(version) }))} onChange={(value) => setTo(value ?? to)}
          renderOption={({ option }) => <ReleaseOption version={option.value} note={notes(option.value)} />}
        />
      ) : null}
      {hold ? <Notice tone="attention" title={`${to} is held in ${lane.environment}: ${becauseOf(hold)}`}><p>A rollback goes past the hold. Be sure that it is better than {lane.version ?? 'nothing'}.</p></Notice> : null}
      <ul className={classes.consequences}>
        <li>All traffic goes to {to}, with the configuration that it had, without waiting at the gates that guard new code.</li>
        {lane.version ? <li>A <strong>hold</strong> is placed on {lane.version} in {lane.environment}, so that nothing brings it back until somebody lifts it.</li> : null}
        {rolling ? <li>The rollout of {rolling} ends; traffic leaves it.</li> : null}
      </ul>
      <Textarea
        label="Why" description="Stands in the ledger and on the hold." required data-autofocus autosize minRows={2} value={why}
        error={missing && why.trim() === '' ? 'Say why.' : undefined} onChange={(event) => setWhy(event.currentTarget.value)}
      />
      {start.error ? <Problem error={start.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" color="red.8" loading={start.isPending} disabled={to === ''}>Roll back to {to}</Button>
      </div>
    </form>
  );
}
