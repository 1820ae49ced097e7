import { useEffect, useRef } from 'react';
import { Link, useParams } from 'react-router';
import { isNotFound } from '../api/problem';
import type { RolloutView } from '../api/types';
import { Timeline } from '../ledger/Timeline';
import { laneOf, useStatus } from '../lanes/queries';
import { useLedgerOfPromotion } from '../ledger/queries';
import { announce } from '../live/announce';
import { Asked } from '../parts/Asked';
import { Facts } from '../parts/Facts';
import { Icon } from '../parts/Icon';
import { StateChip } from '../parts/Mark';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import { Countdown, When } from '../parts/When';
import { GateList } from '../promotions/GateList';
import { usePromotion } from '../promotions/queries';
import { ReleaseLink } from '../releases/ReleaseLink';
import { NotFound } from '../shell/NotFound';
import { brief, briefIn, oneOrTwoLines } from '../words/brief';
import { sentence } from '../words/sentence';
import { rolloutNow, strategyWord } from '../words/states';
import { shortClock } from '../words/time';
import { Evidence } from './Evidence';
import { Instances } from './Instances';
import { hasEnded, meaningOf, nextOf } from './meaning';
import { useRollout } from './queries';
import { RolloutActions } from './RolloutActions';
import classes from './RolloutPage.module.css';
import { Steps } from './Steps';
import { Hooks, Verifications } from './Verifications';
import { Weights } from './Weights';
import { who } from '../words/who';

export function RolloutPage() {
  const { id = '' } = useParams();
  const rollout = useRollout(id);
  if (isNotFound(rollout.error) && !rollout.data) {
    return (
      <NotFound what="There is no such rollout">
        <p>Its address may be cut short, or its promotion still waits and has not begun to roll out: <Link to={`/promotions/${id}`}>look for the promotion</Link>. <Link to="/">The board</Link> shows what is under way.</p>
      </NotFound>
    );
  }
  return <Asked query={rollout} lines={10}>{(data) => <Rollout rollout={data} />}</Asked>;
}

function Rollout({ rollout }: { rollout: RolloutView }) {
  const { id, service, environment, version, fromVersion, state } = rollout;
  useAnnouncedState(rollout);
  return (
    <Page
      title={`${service} ${version} in ${environment}: ${rolloutNow(state, rollout.until).word.toLowerCase()}`}
      heading={(
        <>
          {service}{' '}
          <span className={classes.versions}>
            {fromVersion && fromVersion !== version ? <><span className={classes.version}>{fromVersion}</span> <Icon name="arrow" size={18} /><span className="sr">to</span> </> : null}<span className={classes.version}>{version}</span>
          </span>{' '}
          <span className={classes.where}>in {environment}</span>
        </>
      )}
      above={(
        <>
          <Link to="/">Board</Link><span aria-hidden="true">/</span><Link to={`/services/${service}`}>{service}</Link><span aria-hidden="true">/</span>
          <Link to={`/promotions/${id}`}>{rollout.kind === 'rollback' ? 'rollback' : 'promotion'}</Link><span aria-hidden="true">/</span><span>rollout</span>
        </>
      )}
      below={<Now rollout={rollout} />}
      actions={<RolloutActions rollout={rollout} />}
    >
      <Meaning rollout={rollout} />
      <div className={classes.columns}>
        <div className={classes.main}>
          <Weights rollout={rollout} />
          <Evidence rollout={rollout} />
          {rollout.verifications.length > 0 ? <Verifications rollout={rollout} /> : null}
          {rollout.hooks.length > 0 ? <Hooks rollout={rollout} /> : null}
          <Instances rollout={rollout} />
        </div>
        <div className={classes.side}>
          <Panel title="Steps"><Steps steps={rollout.steps} whole={textsOf(rollout)} over={hasEnded(rollout)} until={rollout.until} /></Panel>
          <ThisRollout rollout={rollout} />
          <Panel title="What happened"><History id={id} /></Panel>
        </div>
      </div>
    </Page>
  );
}

/** What the judge says in full below. */
const textsOf = ({ analysis }: RolloutView): string[] => analysis?.checks.map((check) => check.text) ?? [];
const reasonBeside = (rollout: RolloutView): string => briefIn(rollout.reason, textsOf(rollout), oneOrTwoLines);

/** The state, its reason, how long it may last, and what comes after it. */
function Now({ rollout }: { rollout: RolloutView }) {
  // What failed and waits for a person goes nowhere by itself: it is retried, or ended.
  const next = rollout.actions.includes('retry') && !rollout.actions.includes('resume') ? null : nextOf(rollout);
  const pausing = rollout.state === 'paused' && rollout.until;
  return (
    <>
      <StateChip state={rolloutNow(rollout.state, rollout.until)} large />
      <span className={classes.reason}>{sentence(reasonBeside(rollout))}</span>
      {pausing ? <span>until {shortClock(pausing)}, then it goes on by itself</span> : null}
      {rollout.until && !hasEnded(rollout) ? <span className="quiet"><Countdown until={rollout.until} after=" left" /></span> : null}
      {next ? <span className="quiet">Next: {next}</span> : null}
    </>
  );
}

function Meaning({ rollout }: { rollout: RolloutView }) {
  const status = useStatus();
  const meaning = meaningOf(rollout, status.data && laneOf(status.data, rollout.service, rollout.environment));
  if (!meaning) return null;
  return <Notice tone={meaning.tone} title={meaning.title}><p>{meaning.body}{meaning.link ? <> <Link to={meaning.link.to}>{meaning.link.words}</Link></> : null}</p></Notice>;
}

function ThisRollout({ rollout }: { rollout: RolloutView }) {
  const promotion = usePromotion(rollout.id);
  const { requestedBy, why, gates, state } = promotion.data ?? {};
  return (
    <Panel title={rollout.kind === 'rollback' ? 'This rollback' : 'This rollout'} aside={<Link to={`/promotions/${rollout.id}`}>its {rollout.kind}</Link>}>
      <Facts facts={[
        ['Release', <ReleaseLink service={rollout.service} version={rollout.version} />],
        ['Strategy', strategyWord(rollout.strategy)],
        ['Goes back', rollout.whyThisWay ? sentence(rollout.whyThisWay) : null],
        ['Preview', rollout.previewUrl && /^https?:\/\//.test(rollout.previewUrl) ? <><a href={rollout.previewUrl} target="_blank" rel="noreferrer">{rollout.previewUrl}</a>{rollout.previewPort ? <span className="quiet"> or 127.0.0.1:{rollout.previewPort}</span> : null}</> : null],
        ['Asked for by', requestedBy ? who(requestedBy) : undefined],
        ['Why', why],
        ['Began', <When at={rollout.startedAt} focusable />],
        ['Ended', rollout.endedAt ? <When at={rollout.endedAt} focusable /> : null],
      ]}
      />
      {gates && gates.length > 0 ? (
        <details className={classes.gates}>
          <summary>The gates that it came through</summary>
          <div className={classes.gateList}><GateList gates={gates} over={state !== 'waiting'} /></div>
        </details>
      ) : null}
    </Panel>
  );
}

function History({ id }: { id: string }) {
  const entries = useLedgerOfPromotion(id);
  return <Asked query={entries}>{(data) => <Timeline entries={data} first={6} most={oneOrTwoLines} />}</Asked>;
}

function useAnnouncedState({ state, reason, until }: RolloutView): void {
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    announce(`${rolloutNow(state, until).word}. ${sentence(brief(reason))}`);
  }, [state, reason, until]);
}
