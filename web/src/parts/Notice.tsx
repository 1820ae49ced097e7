import type { Tone } from '../words/states';
import { Mark } from './Mark';
import classes from './Notice.module.css';

/** A message inside a page: what is so, and what to do about it. */
export function Notice({ tone, title, children, role }: { tone: Tone; title: React.ReactNode; children?: React.ReactNode; role?: 'alert' | 'status' }) {
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <span className={classes.mark}><Mark tone={tone} /></span>
      <div className={classes.text}>
        <p className={classes.title}>{title}</p>
        {children ? <div className={classes.body}>{children}</div> : null}
      </div>
    </div>
  );
}
