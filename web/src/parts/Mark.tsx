import type { StateWords, Tone } from '../words/states';
import classes from './Mark.module.css';

/** One shape for each tone, so that nothing is told by colour alone. */
const shapes: Record<Tone, React.ReactNode> = {
  good: <circle cx="5" cy="5" r="4.2" fill="currentColor" />,
  bad: <path d="M5 .6 9.4 5 5 9.4.6 5z" fill="currentColor" />,
  attention: <path d="M5 .8 9.6 9H.4z" fill="currentColor" />,
  active: <><circle cx="5" cy="5" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.4" /><path d="M5 1.1a3.9 3.9 0 0 1 0 7.8z" fill="currentColor" /></>,
  waiting: <><rect x="1.2" y="1" width="2.8" height="8" rx="1" fill="currentColor" /><rect x="6" y="1" width="2.8" height="8" rx="1" fill="currentColor" /></>,
  quiet: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

export function Mark({ tone }: { tone: Tone }) {
  return (
    <svg className={classes.shape} data-tone={tone} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">
      {shapes[tone]}
    </svg>
  );
}

/** A state as text: shape, colour and word. */
export function StateText({ state, children }: { state: StateWords; children?: React.ReactNode }) {
  return (
    <span className={classes.text} data-tone={state.tone}>
      <Mark tone={state.tone} />
      <span>{children ?? state.word}</span>
    </span>
  );
}

/** A state as a chip, for the one state that a page or a row is about. */
export function StateChip({ state, large = false }: { state: StateWords; large?: boolean }) {
  return (
    <span className={classes.chip} data-tone={state.tone} data-large={large || undefined}>
      <Mark tone={state.tone} />
      {state.word}
    </span>
  );
}
