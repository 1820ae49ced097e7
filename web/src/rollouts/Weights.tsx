import type { RolloutView, WeightView } from '../api/types';
import { SharesLine } from '../lanes/WeightLine';
import { Panel } from '../parts/Panel';
import { hasEnded, sides } from './meaning';
import { shortClock } from '../words/time';
import { Rings } from './Rings';
import classes from './Weights.module.css';

/** Who gets how much of the traffic now; of a worker, who has how many of the instances. */
export function Weights({ rollout }: { rollout: RolloutView }) {
  const { fresh, old, baseline } = sides(rollout);
  const { routes, mirror, version, worker } = rollout;
  return (
    <Panel title={worker ? 'Share of the instances' : 'Traffic'}>
      {rollout.weights.length > 0 ? <div className={classes.sides}>
        {old ? <Side side={old} word={fresh?.weight === 100 || hasEnded(rollout) ? 'before' : 'runs now'} arm="stable" /> : <p className={classes.none}>Nothing ran here before.</p>}
        {baseline ? <Side side={baseline} word="fresh, to compare with" arm="baseline" /> : null}
        {fresh ? <Side side={fresh} word={hasEnded(rollout) && fresh.weight === 0 ? 'taken back' : 'new'} arm="canary" /> : null}
      </div> : null}
      {rollout.weights.length > 0 ? <div className={classes.line}><SharesLine old={(old?.weight ?? 0) + (baseline?.weight ?? 0)} fresh={fresh?.weight ?? 0} /></div> : null}
      {rollout.rings?.length ? <Rings rings={rollout.rings} version={version} /> : null}
      {routes.length > 0 ? <p className={classes.beside}>Requests with {routes.join(' or ')} go to {version}, whatever the weights.</p> : null}
      {mirror > 0 ? <p className={classes.beside}>{mirror} % of requests are copied to {version}; its answers to them are dropped.</p> : null}
      {rollout.copies ? <p className={classes.beside}>Since {shortClock(rollout.copies.since)}, {rollout.copies.requests} copies were sent, and {rollout.copies.failed} of them failed. The last three minutes are counted; copies are never compared.</p> : null}
    </Panel>
  );
}

function Side({ side, word, arm }: { side: WeightView; word: string; arm: 'stable' | 'canary' | 'baseline' }) {
  return (
    <p className={classes.side} data-arm={arm}>
      <span className={classes.name}><span className={classes.swatch} aria-hidden="true" />{side.version} <span className="quiet">{word}</span></span>
      <span className={classes.weight} data-testid={`weight-${arm}`}>{side.weight} %</span>
    </p>
  );
}
