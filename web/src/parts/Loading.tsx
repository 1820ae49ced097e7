import classes from './Loading.module.css';

/** Grey lines in place of what is being read; shown only when that takes a moment. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div className={classes.loading} role="status">
      <span className="sr">Loading…</span>
      {Array.from({ length: lines }, (_, index) => <span key={index} className={classes.line} aria-hidden="true" />)}
    </div>
  );
}
