import { useId } from 'react';
import { Icon, type IconName } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import type { StateWords } from '../words/states';
import classes from './Journey.module.css';

interface WayStopProps {
  icon: IconName;
  title: React.ReactNode;
  state?: StateWords;
  /** Nothing has come so far. */
  ahead?: boolean;
  children: React.ReactNode;
}

/** One stop on the way, with the line that leads to the next. */
export function WayStop({ icon, title, state, ahead = false, children }: WayStopProps) {
  const id = useId();
  return (
    <li className={classes.stop} data-tone={state?.tone ?? 'good'} data-ahead={ahead || undefined}>
      <span className={classes.post} aria-hidden="true"><Icon name={icon} size={15} /></span>
      <section className={classes.card} aria-labelledby={id}>
        <div className={classes.head}>
          <h2 id={id}>{title}</h2>
          {state ? <StateText state={state} /> : null}
        </div>
        {children}
      </section>
    </li>
  );
}
