import classes from './Dialogs.module.css';

/** A release in a list to choose from, with what has to be known before it is chosen. */
export function ReleaseOption({ version, note }: { version: string; note: string | null }) {
  return (
    <span className={classes.option}>
      <span>{version}</span>
      {note ? <span className={classes.optionNote}>{note}</span> : null}
    </span>
  );
}
