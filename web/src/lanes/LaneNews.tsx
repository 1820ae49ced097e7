import { Link } from 'react-router';
import type { HoldView, LaneView } from '../api/types';
import { becauseOf, placeOf } from '../freezes/held';
import { Icon } from '../parts/Icon';
import { brief } from '../words/brief';
import { sentence } from '../words/sentence';
import classes from './LaneNews.module.css';
import { Moving } from './Moving';

/** Holds that are told one by one; a lane that took back many versions has more. */
const mostHolds = 2;

/** What is to be known of a lane besides what runs: what is wrong (in about `most` characters), what moves, what is in the way. Nothing where all is quiet. */
export function LaneNews({ lane, most }: { lane: LaneView; most?: number }) {
  const behind = lane.waiting.filter((each) => each.id !== lane.moving?.id).length;
  return (
    <>
      {lane.needsAttention ? <p className={classes.line} data-tone="bad"><Icon name="warning" size={14} /><span title={lane.needsAttention}>{sentence(brief(lane.needsAttention, most))}</span></p> : null}
      {lane.moving ? <Moving moving={lane.moving} environment={lane.environment} /> : null}
      {behind > 0 ? <p className={classes.quiet}>{behind} more behind it</p> : null}
      <Holds lane={lane} />
    </>
  );
}

const newestFirst = (a: HoldView, b: HoldView): number => b.at.localeCompare(a.at);

function Holds({ lane }: { lane: LaneView }) {
  const holds = [...lane.holds].sort(newestFirst);
  const more = holds.length - mostHolds;
  return (
    <>
      {holds.slice(0, mostHolds).map((hold) => (
        <p key={hold.id} className={classes.line} data-tone="quiet">
          <Icon name="hold" size={14} />
          <span title={hold.why}><Link to={placeOf(hold)} className={classes.link}>{hold.version ? `${hold.version} held` : 'Held'}</Link>{lane.moving?.reason.includes(hold.why) ? null : `: ${becauseOf(hold)}`}</span>
        </p>
      ))}
      {more > 0 ? <p className={classes.more}><Link to="/freezes">{more} more {more === 1 ? 'is' : 'are'} held</Link></p> : null}
    </>
  );
}
