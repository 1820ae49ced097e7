import classes from './WeightLine.module.css';

/**
 * A slim bar: the share of traffic that the new version has. The number stands beside it, so this is only a picture.
 * `fromRight` where the new version's number stands at the right end.
 */
export function WeightLine({ weight, fromRight = false }: { weight: number; fromRight?: boolean }) {
  return (
    <svg className={classes.line} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" className={classes.rest} />
      <rect width={weight} height="4" className={classes.part} transform={fromRight ? 'matrix(-1 0 0 1 100 0)' : undefined} />
    </svg>
  );
}
