import { Link } from 'react-router';
import type { MovingView } from '../api/types';
import { Mark } from '../parts/Mark';
import { shareWords } from '../rollouts/rings';
import { brief } from '../words/brief';
import { sentence } from '../words/sentence';
import { promotionState, rolloutNow } from '../words/states';
import { shortClock } from '../words/time';
import classes from './Moving.module.css';
import { WeightLine } from './WeightLine';

/** What moves in a lane: a rollout with its weight, or a promotion at the door with its reason. A link to it. */
export function Moving({ moving, environment }: { moving: MovingView; environment: string }) {
  const rolling = moving.state === 'rollingOut' && moving.rollout;
  const state = rolling ? rolloutNow(rolling, moving.until) : promotionState[moving.state];
  const to = rolling ? `/rollouts/${moving.id}` : `/promotions/${moving.id}`;
  const share = shareWords(moving);
  const what = moving.kind === 'rollback' ? `Rollback to ${moving.version}` : moving.version;
  return (
    <Link to={to} className={classes.moving} data-tone={state.tone} title={moving.reason}>
      <span className={classes.head}>
        <Mark tone={state.tone} />
        <span className={classes.what}>{what}</span>
        <span className={classes.word}>{state.word.toLowerCase()}</span>
        <span className="sr">in {environment}</span>
      </span>
      {rolling && share ? <span className={classes.traffic}>{moving.weight == null ? null : <WeightLine weight={moving.weight} />}<span className={classes.percent}>{share}</span></span> : null}
      <span className={classes.reason}>{rolling === 'paused' && moving.until ? `Until ${shortClock(moving.until)}, then it goes on by itself` : sentence(brief(moving.reason))}</span>
    </Link>
  );
}
