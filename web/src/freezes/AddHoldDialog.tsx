import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useStatus } from '../lanes/queries';
import { Problem } from '../parts/Problem';
import { useReleases } from '../releases/queries';
import classes from './Freezes.module.css';
import { useAddHold } from './queries';

interface DialogProps { opened: boolean; onClose: () => void }

export function AddHoldDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a hold" closeButtonProps={{ 'aria-label': 'Close' }}><Form onClose={onClose} /></Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const status = useStatus();
  const add = useAddHold();
  const services = status.data?.services.map((each) => each.service) ?? [];
  const environments = status.data?.environments.map((each) => each.name) ?? [];
  const form = useForm({
    initialValues: { service: services[0] ?? '', environment: environments.at(-1) ?? '', version: null as string | null, why: '' },
    validate: {
      service: (value) => (value ? null : 'Choose one.'),
      environment: (value) => (value ? null : 'Choose one.'),
      why: (value) => (value.trim() ? null : 'Say why: people who wait will read it.'),
    },
  });
  const releases = useReleases(form.values.service);
  const submit = form.onSubmit((values) => add.mutate({ ...values, why: values.why.trim() }, { onSuccess: onClose }));
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <div className={classes.pair}>
        <Select label="Service" data={services} allowDeselect={false} searchable={services.length > 8} {...form.getInputProps('service')} />
        <Select label="Environment" data={environments} allowDeselect={false} {...form.getInputProps('environment')} />
      </div>
      <Select label="Release" placeholder="Every release" clearable clearButtonProps={{ 'aria-label': 'Every release' }} data={releases.data?.map((each) => each.version) ?? []} {...form.getInputProps('version')} />
      <Textarea label="Why" required data-autofocus autosize minRows={2} {...form.getInputProps('why')} />
      {add.error ? <Problem error={add.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" loading={add.isPending}>Hold {form.values.version ?? 'every release'}</Button>
      </div>
    </form>
  );
}
