import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';
import { announce } from '../live/announce';
import { Icon } from './Icon';
import classes from './Command.module.css';

/** A line to be typed in a terminal, with a button that copies it. */
export function Command({ line, prompt = true }: { line: string; prompt?: boolean }) {
  return (
    <div className={classes.command}>
      <code className={classes.line}>
        {prompt ? <span className={classes.prompt} aria-hidden="true">$ </span> : null}
        {line}
      </code>
      <CopyButton value={line} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <UnstyledButton
              className={classes.copy} aria-label={`Copy: ${line}`}
              onClick={() => { copy(); announce('Copied'); }}
            >
              <Icon name={copied ? 'check' : 'copy'} />
            </UnstyledButton>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
