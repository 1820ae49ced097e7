import { useMemo, useState } from 'react';
import type { AnalysisPoint, RingView, RolloutView } from '../api/types';
import { Empty } from '../parts/Empty';
import { milliseconds } from '../words/numbers';
import { sentence } from '../words/sentence';
import { Chart } from './Chart';
import { RateTable } from './RateTable';
import { hasEnded } from './meaning';
import classes from './Rates.module.css';
import { percentTick, perSecond, ratesOver, unanswered } from './series';

/** Both versions over the same time: how much they get, how much of it fails, how long it takes. */
export function Rates({ rollout, ring, points, unit, failedAt }: { rollout: RolloutView; ring: RingView | undefined; points: AnalysisPoint[]; unit: string; failedAt: string | null }) {
  const [seconds, setSeconds] = useState<number | null>(null);
  const rates = useMemo(() => ratesOver(points), [points]);
  const waiting = useMemo(() => unanswered(points, { canary: rollout.version, stable: rollout.fromVersion ?? 'stable' }, hasEnded(rollout)), [points, rollout]);
  if (points.length === 0) {
    return (
      <div className={classes.nothing}>
        <Empty title={`No ${unit}s have been counted ${ring ? `in ${ring.name}` : 'for this rollout'}.`}>
          <p>{hasEnded(rollout) || (ring && ring.state !== 'current' && ring.state !== 'pending') ? 'None came while both versions could have had them.' : `Lines appear here with the first ${unit} that the router sends to either version.${rollout.mirror > 0 ? ' Copies are counted above, under Traffic.' : ''}`}</p>
        </Empty>
      </div>
    );
  }
  const arms = { canary: rollout.version, stable: rollout.fromVersion ?? 'stable' };
  const shared = { time: rates.time, weight: rates.weight, arms, decidedAt: failedAt === null ? null : new Date(failedAt).getTime() / 1000, at: seconds, onAt: setSeconds };
  return (
    <div className={classes.rates}>
      <Chart {...shared} title={`${sentence(unit)}s per second`} canary={rates.canaryRate} stable={rates.stableRate} format={perSecond} />
      <Chart {...shared} title={`Failed ${unit}s`} canary={rates.canaryErrors} stable={rates.stableErrors} format={percentTick} whole={1} />
      <Chart {...shared} title="Slowest 5 % take at least" canary={rates.canaryP95} stable={rates.stableP95} format={milliseconds} />
      {waiting === null ? null : <p className={classes.note}>{waiting}</p>}
      <p className={classes.note}>The shaded ground is the new version’s weight, from 0 to 100 %.</p>
      <details className={classes.details}>
        <summary>The same as a table</summary>
        <RateTable points={points} arms={arms} unit={unit} />
      </details>
    </div>
  );
}
