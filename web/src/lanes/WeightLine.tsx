import classes from './WeightLine.module.css';

/** A slim bar: the share of traffic that the new version has. The number stands beside it, so this is only a picture. */
export function WeightLine({ weight }: { weight: number }) {
  return (
    <svg className={classes.line} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" className={classes.rest} />
      <rect width={weight} height="4" className={classes.part} />
    </svg>
  );
}

/** The shares of both versions, each below its number: the old one's from the left, the new one's from the right. Grey is nobody's. */
export function SharesLine({ old, fresh }: { old: number; fresh: number }) {
  return (
    <svg className={classes.line} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" className={classes.rest} />
      <rect width={old} height="4" className={classes.stable} />
      <rect width={fresh} height="4" className={classes.part} transform="matrix(-1 0 0 1 100 0)" />
    </svg>
  );
}
