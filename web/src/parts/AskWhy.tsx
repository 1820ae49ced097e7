import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Problem } from './Problem';
import classes from './AskWhy.module.css';

interface AskWhyProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, before the person says yes. */
  children: React.ReactNode;
  /** The words on the button: the deed itself, never "OK". */
  deed: string;
  danger?: boolean;
  whyRequired?: boolean;
  whyPlaceholder?: string;
  pending: boolean;
  error: unknown;
  onConfirm: (why: string) => void;
}

/** Confirms a deed and asks for its reason, which goes into the ledger. */
export function AskWhy(props: AskWhyProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Form {...props} />
    </Modal>
  );
}

function Form({ onClose, children, deed, danger = false, whyRequired = false, whyPlaceholder, pending, error, onConfirm }: AskWhyProps) {
  const [why, setWhy] = useState('');
  const [missing, setMissing] = useState(false);
  const confirm = (event: React.FormEvent): void => {
    event.preventDefault();
    if (whyRequired && why.trim() === '') setMissing(true);
    else onConfirm(why.trim());
  };
  return (
    <form className={classes.form} onSubmit={confirm} noValidate>
      <div className={classes.text}>{children}</div>
      <Textarea
        label="Why" description="Stands in the ledger for everyone to read." placeholder={whyPlaceholder} data-autofocus autosize minRows={2} maxRows={6}
        required={whyRequired} value={why} error={missing && why.trim() === '' ? 'Say why.' : undefined}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      {error ? <Problem error={error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>Not now</Button>
        <Button type="submit" color={danger ? 'red.8' : undefined} loading={pending}>{deed}</Button>
      </div>
    </form>
  );
}
