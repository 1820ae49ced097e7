import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { EnvironmentView, HoldView, LaneView, ReleaseView } from '../api/types';
import { becauseOf, holdOn, placeOf } from '../freezes/held';
import { useReleases } from '../releases/queries';
import { Notice } from '../parts/Notice';
import { Problem } from '../parts/Problem';
import classes from './Dialogs.module.css';
import { heldBefore, releaseToPromote } from './choice';
import { ReleaseOption } from './ReleaseOption';
import { useStartPromotion } from './queries';

interface PromoteDialogProps {
  opened: boolean;
  onClose: () => void;
  service: string;
  environments: EnvironmentView[];
  lanes: LaneView[];
  environment?: string;
  version?: string;
}

export function PromoteDialog(props: PromoteDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Promote ${props.service}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Form {...props} />
    </Modal>
  );
}

function Form({ onClose, service, environments, lanes, environment: given, version: givenVersion }: PromoteDialogProps) {
  const releases = useReleases(service);
  const start = useStartPromotion();
  const navigate = useNavigate();
  const [environment, setEnvironment] = useState(given ?? environments.at(-1)?.name ?? '');
  const [chosen, setChosen] = useState<string | null>(givenVersion ?? null);
  const [why, setWhy] = useState('');
  const lane = lanes.find((each) => each.environment === environment);
  const version = chosen ?? releaseToPromote(releases.data ?? [], environment, environments, lanes) ?? '';
  const noteOf = (release: ReleaseView | undefined): string | null => (release ? noteOn(release, lane, heldBefore(release.version, environment, environments, lanes)) : null);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    start.mutate({ service, environment, version, why: why.trim() }, { onSuccess: ({ id }) => void navigate(`/promotions/${id}`) });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Select label="Environment" data={environments.map((each) => each.name)} value={environment} allowDeselect={false} onChange={(value) => setEnvironment(value ?? environment)} />
      <Select
        label="Release" placeholder="Choose one" data={(releases.data ?? []).map(optionOf)} value={version === '' ? null : version} allowDeselect={false} searchable={(releases.data?.length ?? 0) > 8}
        onChange={setChosen} data-autofocus disabled={!releases.data?.length}
        renderOption={({ option }) => <ReleaseOption version={option.value} note={noteOf(releases.data?.find((each) => each.version === option.value))} />}
      />
      <Consequence lane={lane} before={heldBefore(version, environment, environments, lanes)} version={version} newest={releases.data?.[0]?.version} environment={environments.find((each) => each.name === environment)} />
      <Textarea label="Why" description="Stands in the ledger for everyone to read. May be left empty." autosize minRows={2} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      {releases.error || start.error ? <Problem error={releases.error ?? start.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" loading={start.isPending} disabled={version === '' || environment === ''}>Promote{version ? ` ${version} to ${environment}` : ''}</Button>
      </div>
    </form>
  );
}

const optionOf = (release: ReleaseView): { value: string; label: string; disabled: boolean } => ({
  value: release.version,
  label: release.version,
  disabled: Boolean(release.veto),
});

function noteOn({ version, veto, runsIn }: ReleaseView, lane: LaneView | undefined, before: ReturnType<typeof heldBefore>): string | null {
  const hold = holdOn(lane, version);
  if (veto) return 'vetoed: never again';
  if (hold?.version) return `held: ${becauseOf(hold)}`;
  if (before) return `held in ${before.environment}: ${becauseOf(before.hold)}`;
  return runsIn.length > 0 ? `runs in ${runsIn.join(', ')}` : null;
}

function Held({ lane, version }: { lane: LaneView; version: string }) {
  const hold = holdOn(lane, version);
  if (!hold) return null;
  return (
    <Notice tone="attention" title={`${hold.version ? `${version} is` : 'Every release is'} held in ${lane.environment}: ${becauseOf(hold)}`}>
      <p>Promoted, it waits until <Link to={placeOf(hold)}>the hold</Link> is lifted.</p>
    </Notice>
  );
}

function HeldBefore({ version, environment, hold }: { version: string; environment: string; hold: HoldView }) {
  return (
    <Notice tone="attention" title={`${version} is held in ${environment}: ${becauseOf(hold)}`}>
      <p>Promoted, it waits until <Link to={placeOf(hold)}>the hold</Link> is lifted and it has been well in {environment}.</p>
    </Notice>
  );
}

function Consequence({ lane, before, version, newest, environment }: { lane?: LaneView; before: ReturnType<typeof heldBefore>; version: string; newest?: string; environment?: EnvironmentView }) {
  if (!lane) return null;
  if (version === '') {
    if (!newest) return null;
    const open = lane.version === newest ? `${newest}, the newest, runs there already.` : 'Each that is newer is held or vetoed.';
    return <p className={classes.consequence}>{lane.version && lane.version !== newest ? `${lane.version} runs there now. ` : ''}{open}</p>;
  }
  if (lane.version === version) return <Notice tone="waiting" title={`${version} already runs in ${lane.environment}.`} />;
  const notes = [
    lane.version ? `${lane.version} runs there now.` : 'Nothing runs there yet: the first release goes to 100 % once it is verified.',
    environment?.frozen ? `${lane.environment} is frozen (${environment.frozen}): it will wait.` : null,
    environment && environment.approvals > 0 ? `It will wait for ${environment.approvals === 1 ? 'an approval' : `${environment.approvals} approvals`} by someone who neither made nor asked for it.` : null,
    lane.moving ? `${lane.moving.version} is on its way there (${lane.moving.state === 'rollingOut' ? 'rolling out' : 'waiting'}).` : null,
  ];
  return (
    <>
      <Held lane={lane} version={version} />
      {before ? <HeldBefore version={version} {...before} /> : null}
      <p className={classes.consequence}>{notes.filter(Boolean).join(' ')}</p>
    </>
  );
}
