import classes from './Empty.module.css';

/** What an empty place says: why it is empty, and what fills it. */
export function Empty({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      {children ? <div className={classes.body}>{children}</div> : null}
    </div>
  );
}
