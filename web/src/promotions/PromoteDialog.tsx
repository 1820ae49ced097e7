import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { EnvironmentView, LaneView, ReleaseView } from '../api/types';
import { useReleases } from '../releases/queries';
import { Notice } from '../parts/Notice';
import { Problem } from '../parts/Problem';
import classes from './Dialogs.module.css';
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
  const version = chosen ?? releases.data?.find((each) => !each.veto)?.version ?? '';
  const lane = lanes.find((each) => each.environment === environment);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    start.mutate({ service, environment, version, why: why.trim() }, { onSuccess: ({ id }) => void navigate(`/promotions/${id}`) });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Select label="Environment" data={environments.map((each) => each.name)} value={environment} allowDeselect={false} onChange={(value) => setEnvironment(value ?? environment)} />
      <Select
        label="Release" data={(releases.data ?? []).map(optionOf)} value={version} allowDeselect={false} searchable={(releases.data?.length ?? 0) > 8}
        onChange={setChosen} data-autofocus disabled={!releases.data?.length}
      />
      <Consequence lane={lane} version={version} environment={environments.find((each) => each.name === environment)} />
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
  label: release.veto ? `${release.version} (vetoed)` : release.runsIn.length > 0 ? `${release.version} (runs in ${release.runsIn.join(', ')})` : release.version,
  disabled: Boolean(release.veto),
});

function Consequence({ lane, version, environment }: { lane?: LaneView; version: string; environment?: EnvironmentView }) {
  if (!lane || version === '') return null;
  if (lane.version === version) return <Notice tone="waiting" title={`${version} already runs in ${lane.environment}.`} />;
  const notes = [
    lane.version ? `${lane.version} runs there now.` : 'Nothing runs there yet: the first release goes to 100 % once it is verified.',
    environment?.frozen ? `${lane.environment} is frozen (${environment.frozen}): it will wait.` : null,
    environment && environment.approvals > 0 ? `It will wait for ${environment.approvals === 1 ? 'an approval' : `${environment.approvals} approvals`} by someone who neither made nor asked for it.` : null,
    lane.moving ? `${lane.moving.version} is on its way there (${lane.moving.state === 'rollingOut' ? 'rolling out' : 'waiting'}).` : null,
  ];
  return <p className={classes.consequence}>{notes.filter(Boolean).join(' ')}</p>;
}
