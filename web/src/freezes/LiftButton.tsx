import { Button, Modal, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../parts/Problem';
import classes from './Freezes.module.css';

interface LiftButtonProps {
  /** Such as "the freeze of prod". */
  name: string;
  whyNot: string | null;
  pending: boolean;
  error: unknown;
  onLift: (done: () => void) => void;
  children: React.ReactNode;
}

export function LiftButton({ name, whyNot, pending, error, onLift, children }: LiftButtonProps) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Tooltip label={whyNot} disabled={!whyNot}>
        <Button
          size="compact-xs" variant="subtle" aria-label={`Lift ${name}`} data-disabled={whyNot ? true : undefined} aria-disabled={whyNot ? true : undefined}
          onClick={() => { if (!whyNot) setOpened(true); }}
        >
          Lift…
        </Button>
      </Tooltip>
      <Modal opened={opened} onClose={close} title={`Lift ${name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className={classes.form}>
          <div className="quiet">{children}</div>
          {error ? <Problem error={error} /> : null}
          <div className={classes.buttons}>
            <Button variant="default" onClick={close}>Not now</Button>
            <Button data-autofocus loading={pending} onClick={() => onLift(close)}>Lift it</Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
