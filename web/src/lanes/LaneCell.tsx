import { Link } from 'react-router';
import type { LaneView } from '../api/types';
import { becauseOf, placeOf } from '../freezes/held';
import { Icon } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import { When } from '../parts/When';
import { brief } from '../words/brief';
import { sentence } from '../words/sentence';
import { laneHealth } from '../words/states';
import classes from './LaneCell.module.css';
import { Moving } from './Moving';

/** One lane on the board: what runs, how it is, what moves, what is in the way. */
export function LaneCell({ lane }: { lane: LaneView }) {
  const more = lane.waiting.filter((each) => each.id !== lane.moving?.id).length;
  return (
    <div className={classes.cell}>
      <div className={classes.runs}>
        {lane.version ? <span className={classes.version}>{lane.version}</span> : null}
        <Health lane={lane} />
        {lane.version && lane.since ? <span className={classes.since}><When at={lane.since} /></span> : null}
      </div>
      {lane.needsAttention ? <p className={classes.line} data-tone="bad"><Icon name="warning" size={14} /><span title={lane.needsAttention}>{sentence(brief(lane.needsAttention))}</span></p> : null}
      {lane.moving ? <Moving moving={lane.moving} environment={lane.environment} /> : null}
      {more > 0 ? <p className={classes.quiet}>{more} more behind it</p> : null}
      {lane.holds.map((hold) => (
        <p key={hold.id} className={classes.line} data-tone="quiet">
          <Icon name="hold" size={14} /><span title={hold.why}><Link to={placeOf(hold)} className={classes.link}>{hold.version ? `${hold.version} held` : 'Held'}</Link>{lane.moving?.reason.includes(hold.why) ? null : `: ${becauseOf(hold)}`}</span>
        </p>
      ))}
    </div>
  );
}

export function Health({ lane }: { lane: LaneView }) {
  const words = laneHealth[lane.health];
  if (lane.health === 'empty') return <span className={classes.empty}><StateText state={words} /></span>;
  const short = lane.healthyInstances < lane.wantedInstances;
  return <span className={classes.health}><StateText state={words}>{short ? `${words.word}, ${lane.healthyInstances} of ${lane.wantedInstances}` : words.word}</StateText></span>;
}
