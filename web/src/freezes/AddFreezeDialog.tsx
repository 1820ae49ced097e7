import { Button, Modal, Select, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useStatus } from '../lanes/queries';
import { Problem } from '../parts/Problem';
import classes from './Freezes.module.css';
import { useAddFreeze } from './queries';
import { fromLocalInput, toLocalInput } from './times';

interface DialogProps { opened: boolean; onClose: () => void }

export function AddFreezeDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a freeze" closeButtonProps={{ 'aria-label': 'Close' }}><Form onClose={onClose} /></Modal>
  );
}

const day = 24 * 60 * 60 * 1000;

function Form({ onClose }: { onClose: () => void }) {
  const status = useStatus();
  const add = useAddFreeze();
  const names = status.data?.environments.map((each) => each.name) ?? [];
  const form = useForm({
    initialValues: { environment: names.at(-1) ?? '', from: toLocalInput(new Date()), until: toLocalInput(new Date(Date.now() + day)), why: '' },
    validate: {
      environment: (value) => (value ? null : 'Choose one.'),
      from: (value) => (fromLocalInput(value) ? null : 'Give a date and a time.'),
      until: (value, { from }) => {
        const end = fromLocalInput(value);
        if (!end) return 'Give a date and a time.';
        return end > (fromLocalInput(from) ?? '') ? null : 'It must end after it begins.';
      },
      why: (value) => (value.trim() ? null : 'Say why: people who wait will read it.'),
    },
  });
  const submit = form.onSubmit((values) => add.mutate(
    { environment: values.environment, from: fromLocalInput(values.from) ?? '', until: fromLocalInput(values.until) ?? '', why: values.why.trim() },
    { onSuccess: onClose },
  ));
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Select label="Environment" data={names} allowDeselect={false} {...form.getInputProps('environment')} />
      <div className={classes.pair}>
        <TextInput type="datetime-local" label="From" {...form.getInputProps('from')} />
        <TextInput type="datetime-local" label="Until" {...form.getInputProps('until')} />
      </div>
      <Textarea label="Why" required data-autofocus autosize minRows={2} {...form.getInputProps('why')} />
      {add.error ? <Problem error={add.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" loading={add.isPending}>Freeze {form.values.environment}</Button>
      </div>
    </form>
  );
}
