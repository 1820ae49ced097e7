import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { CreatedToken } from '../api/types';
import { Command } from '../parts/Command';
import { Notice } from '../parts/Notice';
import { Problem } from '../parts/Problem';
import classes from './Access.module.css';
import { useCreateToken, useWhoAmI } from './queries';

interface DialogProps { opened: boolean; onClose: () => void }

export function CreateTokenDialog({ opened, onClose }: DialogProps) {
  const [created, setCreated] = useState<CreatedToken | null>(null);
  // The secret is shown once: a stray click beside the dialog must not take it away.
  const close = (): void => { setCreated(null); onClose(); };
  return (
    <Modal
      opened={opened} onClose={close} title={created ? `The token ${created.token.name}` : 'Create a token'} closeOnClickOutside={!created}
      closeOnEscape={!created} closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {created ? <Secret created={created} onClose={close} /> : <Form onCreated={setCreated} onClose={close} />}
    </Modal>
  );
}

function Secret({ created, onClose }: { created: CreatedToken; onClose: () => void }) {
  return (
    <div className={classes.form}>
      <Notice tone="attention" title="This is the only time that it is shown." role="status"><p>Copy it now to where it is used; Slipway keeps only a hash of it.</p></Notice>
      <Command line={created.secret} prompt={false} />
      <p className="quiet">Programs give it as <code>SLIPWAY_TOKEN</code>, or as <code>Authorization: Bearer …</code> to the API.</p>
      <div className={classes.buttons}><Button onClick={onClose}>I have it</Button></div>
    </div>
  );
}

const lives = [
  { value: '1d', label: '1 day' }, { value: '7d', label: '7 days' }, { value: '30d', label: '30 days' }, { value: '90d', label: '90 days' },
];

function Form({ onCreated, onClose }: { onCreated: (created: CreatedToken) => void; onClose: () => void }) {
  const me = useWhoAmI();
  const create = useCreateToken();
  const admin = me.data?.roles.includes('admin') ?? false;
  const form = useForm({
    initialValues: { name: '', identity: '', role: null as string | null, expires: '30d' },
    validate: { name: (value) => (value.trim() ? null : 'Give it a name that says what uses it.') },
  });
  const submit = form.onSubmit((values) => create.mutate(
    { name: values.name.trim(), identity: values.identity.trim() || null, role: values.role, expires: values.expires }, { onSuccess: onCreated },
  ));
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput label="Name" description="What uses it, such as “build machine”." required data-autofocus {...form.getInputProps('name')} />
      {admin ? <TextInput label="Identity" placeholder={me.data?.identity} description="Whose name its deeds carry. Empty: yours." {...form.getInputProps('identity')} /> : null}
      <div className={classes.pair}>
        <Select label="Role" placeholder="As yours" clearable clearButtonProps={{ 'aria-label': 'As yours' }} data={admin ? ['viewer', 'deployer', 'approver', 'admin'] : (me.data?.roles ?? [])} {...form.getInputProps('role')} />
        <Select label="Lives" data={lives} allowDeselect={false} {...form.getInputProps('expires')} />
      </div>
      <p className="quiet">Never stronger and never longer-lived than what you are signed in with.</p>
      {create.error ? <Problem error={create.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" loading={create.isPending}>Create</Button>
      </div>
    </form>
  );
}
