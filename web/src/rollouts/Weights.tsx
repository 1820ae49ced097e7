import type { RolloutView, WeightView } from '../api/types';
import { SharesLine } from '../lanes/WeightLine';
import { Panel } from '../parts/Panel';
import { hasEnded, sides } from './meaning';
import classes from './Weights.module.css';

/** Who gets how much of the traffic now. */
export function Weights({ rollout }: { rollout: RolloutView }) {
  const { fresh, old } = sides(rollout);
  return (
    <Panel title="Traffic">
      <div className={classes.sides}>
        {old ? <Side side={old} word={fresh?.weight === 100 ? 'before' : 'runs now'} arm="stable" /> : <p className={classes.none}>Nothing ran here before.</p>}
        {fresh ? <Side side={fresh} word={hasEnded(rollout) && fresh.weight === 0 ? 'taken back' : 'new'} arm="canary" /> : null}
      </div>
      <div className={classes.line}><SharesLine old={old?.weight ?? 0} fresh={fresh?.weight ?? 0} /></div>
    </Panel>
  );
}

function Side({ side, word, arm }: { side: WeightView; word: string; arm: 'stable' | 'canary' }) {
  return (
    <p className={classes.side} data-arm={arm}>
      <span className={classes.name}><span className={classes.swatch} aria-hidden="true" />{side.version} <span className="quiet">{word}</span></span>
      <span className={classes.weight} data-testid={`weight-${arm}`}>{side.weight} %</span>
    </p>
  );
}
