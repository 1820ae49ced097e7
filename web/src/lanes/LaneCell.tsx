import type { LaneView } from '../api/types';
import { StateText } from '../parts/Mark';
import { When } from '../parts/When';
import { ReleaseLink } from '../releases/ReleaseLink';
import { laneHealth } from '../words/states';
import classes from './LaneCell.module.css';
import { LaneNews } from './LaneNews';

/** One lane on the board: what runs, how it is, what moves, what is in the way. */
export function LaneCell({ lane }: { lane: LaneView }) {
  return (
    <div className={classes.cell}>
      <div className={classes.runs}>
        {lane.version ? <ReleaseLink service={lane.service} version={lane.version} className={classes.version} /> : null}
        <Health lane={lane} />
        {lane.version && lane.since ? <span className={classes.since}><When at={lane.since} /></span> : null}
      </div>
      <LaneNews lane={lane} />
    </div>
  );
}

export function Health({ lane }: { lane: LaneView }) {
  const words = laneHealth[lane.health];
  if (lane.health === 'empty') return <span className={classes.empty}><StateText state={words} /></span>;
  const short = lane.healthyInstances < lane.wantedInstances;
  return <span className={classes.health}><StateText state={words}>{short ? `${words.word}, ${lane.healthyInstances} of ${lane.wantedInstances}` : words.word}</StateText></span>;
}
