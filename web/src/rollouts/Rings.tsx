import type { RingView } from '../api/types';
import { SharesLine } from '../lanes/WeightLine';
import { StateText } from '../parts/Mark';
import { ringState } from '../words/states';
import { sides } from './meaning';
import classes from './Rings.module.css';

/** The groups of targets in their order, and how the traffic of each is divided: there is no number for all of them together. */
export function Rings({ rings, version }: { rings: RingView[]; version: string }) {
  return (
    <ol className={classes.rings} aria-label="Rings">
      {rings.map((ring) => (
        <li key={ring.name} className={classes.ring} aria-current={ring.state === 'current' ? 'step' : undefined} data-testid={`ring-${ring.name}`}>
          <span className={classes.name}>{ring.name}</span>
          <span className="quiet">{ring.instances === 1 ? '1 instance' : `${ring.instances} instances`} on {Object.entries(ring.target).map(([label, value]) => `${label}=${value}`).join(', ')}</span>
          <span className={classes.state}><StateText state={ringState[ring.state]} /></span>
          <Shares ring={ring} version={version} />
        </li>
      ))}
    </ol>
  );
}

function Shares({ ring, version }: { ring: RingView; version: string }) {
  const { fresh, old, baseline } = sides({ weights: ring.weights ?? [], version });
  return (
    <>
      <span className={classes.line}><SharesLine old={(old?.weight ?? 0) + (baseline?.weight ?? 0)} fresh={fresh?.weight ?? 0} /></span>
      <span className={classes.shares}>
        {old ? <span>{old.version} <strong>{old.weight} %</strong></span> : null}
        {baseline ? <span>{baseline.version} to compare with <strong>{baseline.weight} %</strong></span> : null}
        {fresh ? <span className={classes.fresh}>{fresh.version} <strong>{fresh.weight} %</strong></span> : null}
      </span>
    </>
  );
}
