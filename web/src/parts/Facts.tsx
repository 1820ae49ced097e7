import classes from './Facts.module.css';

/** Pairs of a name and what it is; those without a value are left out. */
export function Facts({ facts }: { facts: [string, React.ReactNode][] }) {
  return (
    <dl className={classes.facts}>
      {facts.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
