import type { RingView } from '../api/types';
import { StateText } from '../parts/Mark';
import { ringState } from '../words/states';
import classes from './Rings.module.css';

/** The groups of targets in their order: which has the new version, and how far the one is whose turn it is. */
export function Rings({ rings }: { rings: RingView[] }) {
  return (
    <ol className={classes.rings} aria-label="Rings">
      {rings.map((ring) => (
        <li key={ring.name} className={classes.ring} aria-current={ring.state === 'current' ? 'step' : undefined} data-testid={`ring-${ring.name}`}>
          <span className={classes.name}>{ring.name}</span>
          <span className="quiet">{ring.instances === 1 ? '1 instance' : `${ring.instances} instances`} on {Object.entries(ring.target).map(([label, value]) => `${label}=${value}`).join(', ')}</span>
          <span className={classes.state}><StateText state={ringState[ring.state]} />{ring.state === 'current' ? `, ${ring.weight} %` : ''}</span>
        </li>
      ))}
    </ol>
  );
}
