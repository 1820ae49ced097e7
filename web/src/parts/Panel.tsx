import { useId } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  title: string;
  /** Stands beside the title, at its right end. */
  aside?: React.ReactNode;
  /** Rows go to the panel's edges, for tables and lists. */
  flush?: boolean;
  children: React.ReactNode;
}

export function Panel({ title, aside, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id}>{title}</h2>
        {aside ? <div className={classes.aside}>{aside}</div> : null}
      </div>
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
