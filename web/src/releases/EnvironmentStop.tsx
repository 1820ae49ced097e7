import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { Passage, ReleaseView } from '../api/types';
import { becauseOf, placeOf } from '../freezes/held';
import { Health } from '../lanes/LaneCell';
import { WeightLine } from '../lanes/WeightLine';
import { Icon } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import { Countdown, When } from '../parts/When';
import { GateList } from '../promotions/GateList';
import { shareWords } from '../rollouts/rings';
import { brief, oneOrTwoLines } from '../words/brief';
import { sentence } from '../words/sentence';
import { promotionIsOver, promotionState, rolloutNow, strategyWord, verdict } from '../words/states';
import { duration } from '../words/time';
import { who } from '../words/who';
import classes from './Journey.module.css';
import type { Deed } from './JourneyPage';
import { isUnderWay, type Stop } from './journey';
import { ReleaseLink } from './ReleaseLink';
import { WayStop } from './WayStop';

interface EnvironmentStopProps {
  stop: Stop;
  release: ReleaseView;
  /** Null: the asking person may not. */
  onDeed: ((deed: Deed) => void) | null;
}

/** One environment: how the release stands there, how it came to that, and what can be done. */
export function EnvironmentStop({ stop, release, onDeed }: EnvironmentStopProps) {
  const { environment, lane, passage, earlier, isHere, state } = stop;
  return (
    <WayStop icon={isHere ? 'check' : 'arrow'} title={environment} state={state} ahead={!passage && !isHere}>
      {isHere && lane ? (
        <p className={classes.line}>
          {lane.since ? <span>since <When at={lane.since} focusable /></span> : null}
          <Health lane={lane} />
          {lane.url && /^https?:\/\//.test(lane.url) ? <a className={classes.outside} href={lane.url} target="_blank" rel="noreferrer">Open it <Icon name="external" size={13} /></a> : null}
        </p>
      ) : null}
      {passage ? <ThisPassage passage={passage} worker={lane?.worker === true} /> : null}
      <InTheWay stop={stop} release={release} />
      {onDeed ? <Deeds stop={stop} release={release} onDeed={onDeed} /> : null}
      {earlier.length > 0 ? (
        <details className={classes.earlier}>
          <summary>{earlier.length === 1 ? 'Once before' : `${earlier.length} times before`}</summary>
          <ul>{earlier.map((each) => <li key={each.promotion.id}><Earlier passage={each} /></li>)}</ul>
        </details>
      ) : null}
    </WayStop>
  );
}

/** The promotion and its rollout, each with the link to its page. */
function ThisPassage({ passage, worker }: { passage: Passage; worker: boolean }) {
  const { promotion, rollout } = passage;
  const over = promotionIsOver(promotion.state);
  const shut = promotion.gates.filter((gate) => gate.state !== 'open');
  const approvals = promotion.approvals.map(({ by, approved }) => `${approved ? 'approved' : 'rejected'} by ${by}`).join(', ');
  return (
    <>
      <p className={classes.line}>
        <span><Link to={`/promotions/${promotion.id}`}>{promotion.kind === 'rollback' ? 'Rollback' : 'Promotion'}</Link> asked for <When at={promotion.requestedAt} focusable /> by {who(promotion.requestedBy)}</span>
        {promotion.why ? <span>“{brief(promotion.why, oneOrTwoLines)}”</span> : null}
        {approvals ? <span>{approvals}</span> : null}
      </p>
      {rollout ? (
        <p className={classes.line}>
          <span><Link to={`/rollouts/${promotion.id}`}>Rollout</Link>, {strategyWord(rollout.strategy).toLowerCase()}</span>
          {rollout.endedAt ? <span>took {duration(new Date(rollout.endedAt).getTime() - new Date(rollout.startedAt).getTime())}</span> : <span>began <When at={rollout.startedAt} focusable /></span>}
          {rollout.verdict ? <span>judged <StateText state={verdict[rollout.verdict]}>{verdict[rollout.verdict].word.toLowerCase()}</StateText></span> : null}
          {rollout.endedAt || over ? null : <Share rollout={rollout} worker={worker} />}
        </p>
      ) : null}
      {!over && shut.length > 0 ? <GateList gates={shut} over={false} /> : <Reason passage={passage} />}
      {promotion.supersededBy ? <p className={classes.line}><Link to={`/promotions/${promotion.supersededBy}`}>The one that took its place</Link></p> : null}
    </>
  );
}

function Share({ rollout, worker }: { rollout: NonNullable<Passage['rollout']>; worker: boolean }) {
  const share = shareWords(rollout);
  if (share === null) return null;
  return rollout.weight == null ? <span className={classes.traffic}>{share}</span> : <span className={classes.traffic}><WeightLine weight={rollout.weight} />{share} of the {worker ? 'instances' : 'traffic'}</span>;
}

/** Why it is as it is, where its state does not say it all. */
function Reason({ passage }: { passage: Passage }) {
  const { promotion, rollout } = passage;
  if (promotion.state === 'succeeded' && !isUnderWay(passage)) return null;
  const reason = (rollout && isUnderWay(passage) ? rollout.reason : promotion.reason) ?? '';
  if (reason === '') return null;
  return <p className={classes.reason} title={reason}>{sentence(brief(reason, oneOrTwoLines))}{rollout?.until && isUnderWay(passage) ? <> <Countdown until={rollout.until} before="(" after=" left)" /></> : null}</p>;
}

function Earlier({ passage: { promotion, rollout } }: { passage: Passage }) {
  const state = rollout && !rollout.endedAt ? rolloutNow(rollout.state, rollout.until) : promotionState[promotion.state];
  return <><StateText state={state} /> <Link to={`/promotions/${promotion.id}`}>{promotion.kind === 'rollback' ? 'rollback' : 'promotion'}</Link> of <When at={promotion.requestedAt} focusable />{promotion.reason ? <span className="quiet">: {brief(promotion.reason, oneOrTwoLines)}</span> : null}</>;
}

/** What keeps it out, what is there instead, and what it lacks. */
function InTheWay({ stop: { environment, rules, lane, isHere, hold, missing, passage }, release }: { stop: Stop; release: ReleaseView }) {
  if (isHere) return null;
  const waits = passage !== null && isUnderWay(passage);
  return (
    <>
      {lane?.version && !waits ? <p className={classes.line}><span><ReleaseLink service={release.service} version={lane.version} /> runs here now.</span></p> : null}
      {hold ? (
        <p className={classes.note} data-tone="attention">
          <Icon name="hold" size={14} /><span><Link to={placeOf(hold)}>{hold.version ? 'Held' : 'Every release is held'}</Link>: {becauseOf(hold)}</span>
        </p>
      ) : null}
      {rules.frozen && !waits ? <p className={classes.note} data-tone="attention"><Icon name="snow" size={14} /><span><Link to="/freezes">Frozen</Link>: {rules.frozen}</span></p> : null}
      {!passage && !release.veto && !hold ? (
        <p className={classes.line}>
          <span>{missing.length > 0 ? `It comes after ${missing.join(', ')}` : rules.promote === 'auto' ? 'It comes by itself' : 'It comes on request'}{rules.approvals > 0 ? `, with ${rules.approvals === 1 ? 'an approval' : `${rules.approvals} approvals`}` : ''}{missing.length === 0 && rules.promote === 'auto' && lane?.version ? `, unless a newer one was faster to ${environment}` : ''}.</span>
        </p>
      ) : null}
    </>
  );
}

function Deeds({ stop: { environment, lane, isHere, offer }, release: { version }, onDeed }: { stop: Stop; release: ReleaseView; onDeed: (deed: Deed) => void }) {
  const back = isHere && lane && lane.rollbackTo.length > 0;
  if (!offer && !back) return null;
  return (
    <div className={classes.foot}>
      {offer === 'promote' ? <Button size="xs" variant="default" onClick={() => onDeed({ kind: 'promote', environment, version })} aria-label={`Promote ${version} to ${environment}`}>Promote…</Button> : null}
      {offer === 'rollback' ? <Button size="xs" variant="default" leftSection={<Icon name="back" size={14} />} onClick={() => onDeed({ kind: 'rollback', environment, version })} aria-label={`Roll back to ${version} in ${environment}`}>Roll back to it…</Button> : null}
      {back ? <Button size="xs" variant="default" leftSection={<Icon name="back" size={14} />} onClick={() => onDeed({ kind: 'rollback', environment })} aria-label={`Roll back ${environment} from ${version}`}>Roll back…</Button> : null}
    </div>
  );
}
