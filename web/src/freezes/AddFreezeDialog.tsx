import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useStatus } from '../lanes/queries';
import { Problem } from '../parts/Problem';
import classes from './Freezes.module.css';
import { useAddFreeze } from './queries';
import { TimeField } from './TimeField';
import { fromLocalInput, toLocalInput } from './times';

interface DialogProps { opened: boolean; onClose: () => void }

export function AddFreezeDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a freeze" closeButtonProps={{ 'aria-label': 'Close' }}><Form onClose={onClose} /></Modal>
  );
}

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const spans: [string, number][] = [['1 hour', hour], ['4 hours', 4 * hour], ['1 day', day], ['3 days', 3 * day], ['1 week', 7 * day]];

const beginOf = (from: string): number => new Date(fromLocalInput(from) ?? Date.now()).getTime();

const timeWanted = 'Such as 2026-11-21 14:05.';

function Form({ onClose }: { onClose: () => void }) {
  const status = useStatus();
  const add = useAddFreeze();
  const names = status.data?.environments.map((each) => each.name) ?? [];
  const form = useForm({
    initialValues: { environment: names.at(-1) ?? '', from: toLocalInput(new Date()), until: toLocalInput(new Date(Date.now() + day)), why: '' },
    validate: {
      environment: (value) => (value ? null : 'Choose one.'),
      from: (value) => (fromLocalInput(value) ? null : timeWanted),
      until: (value, { from }) => {
        const end = fromLocalInput(value);
        if (!end) return timeWanted;
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
        <TimeField label="From" {...form.getInputProps('from')} />
        <TimeField label="Until" {...form.getInputProps('until')} />
      </div>
      <div className={classes.spans} role="group" aria-label="How long">
        {spans.map(([words, length]) => (
          <Button key={words} size="compact-xs" variant="default" onClick={() => form.setFieldValue('until', toLocalInput(new Date(beginOf(form.values.from) + length)))}>{words}</Button>
        ))}
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
