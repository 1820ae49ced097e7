import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { TimeField } from '../freezes/TimeField';
import { fromLocalInput, toLocalInput } from '../freezes/times';
import { Problem } from '../parts/Problem';
import { useQuarantine } from './queries';
import classes from './Tests.module.css';

interface QuarantineDialogProps {
  service: string;
  /** Null: nobody asks. */
  test: string | null;
  onClose: () => void;
}

export function QuarantineDialog({ service, test, onClose }: QuarantineDialogProps) {
  return (
    <Modal opened={test !== null} onClose={onClose} title="Put a test into quarantine" closeButtonProps={{ 'aria-label': 'Close' }}>
      {test === null ? null : <Form service={service} test={test} onClose={onClose} />}
    </Modal>
  );
}

const twoWeeks = 14 * 24 * 60 * 60 * 1000;

function Form({ service, test, onClose }: { service: string; test: string; onClose: () => void }) {
  const add = useQuarantine(service);
  const form = useForm({
    initialValues: { owner: '', until: toLocalInput(new Date(Date.now() + twoWeeks)), why: '' },
    validate: {
      owner: (value) => (value.trim() ? null : 'Say who mends it.'),
      until: (value) => (fromLocalInput(value) ? null : 'Such as 2026-11-21 14:05.'),
      why: (value) => (value.trim() ? null : 'Say what is known of it.'),
    },
  });
  const submit = form.onSubmit((values) => add.mutate({ name: test, owner: values.owner.trim(), until: fromLocalInput(values.until) ?? '', why: values.why.trim() }, { onSuccess: onClose }));
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p className={classes.wanted}>{test}</p>
      <p className="quiet">In jobs that begin from now on, a step that fails by this test alone succeeds, and says so.</p>
      <TextInput label="Who mends it" required data-autofocus {...form.getInputProps('owner')} />
      <TimeField label="Until" {...form.getInputProps('until')} />
      <Textarea label="Why" required autosize minRows={2} {...form.getInputProps('why')} />
      {add.error ? <Problem error={add.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" loading={add.isPending}>Quarantine it</Button>
      </div>
    </form>
  );
}
