import type { Maybe, RolloutStep } from '../api/types';
import { Icon, type IconName } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import { Countdown } from '../parts/When';
import { brief, briefIn, oneOrTwoLines } from '../words/brief';
import { sentence } from '../words/sentence';
import { stepState } from '../words/states';
import { duration } from '../words/time';
import classes from './Steps.module.css';

const icons: Partial<Record<RolloutStep['state'], IconName>> = { done: 'check', failed: 'cross', stopped: 'stop', skipped: 'skip' };

interface StepsProps {
  steps: RolloutStep[];
  over: boolean;
  until?: Maybe<string>;
  /** What stands in full elsewhere on the page. */
  whole?: string[];
}

export function Steps({ steps, over, until, whole = [] }: StepsProps) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, index) => (
        <li
          key={index} className={classes.step} data-state={step.state} data-tone={stepState[step.state].tone}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span className={classes.post} aria-hidden="true">{icons[step.state] ? <Icon name={icons[step.state]!} size={12} /> : null}</span>
          <div className={classes.words}>
            <div className={classes.head}>
              <span className={classes.title}>{sentence(step.title)}</span>
              <span className={classes.how}><How step={step} over={over} /></span>
            </div>
            {step.note ? <p className={classes.note}>{sentence(noteOf(step, whole))}</p> : null}
            {step.state === 'current' && until ? <p className={classes.note}><Countdown until={until} after=" left" /></p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** What a step that is done found is history: its beginning is enough. */
const noteOf = ({ state, note }: RolloutStep, whole: string[]): string =>
  (state === 'done' ? brief(note ?? '', oneOrTwoLines) : briefIn(note ?? '', whole, oneOrTwoLines));

function How({ step, over }: { step: RolloutStep; over: boolean }) {
  const took = step.startedAt && step.endedAt ? duration(new Date(step.endedAt).getTime() - new Date(step.startedAt).getTime()) : null;
  if (step.state === 'done' && took) return <><span className="sr">done in </span>{took}</>;
  if (step.state === 'pending' && over) return <span>not reached</span>;
  if (step.state === 'pending') return <span className="sr">{stepState.pending.word}</span>;
  return <StateText state={stepState[step.state]} />;
}
