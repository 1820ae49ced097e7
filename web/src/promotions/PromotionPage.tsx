import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link, useParams } from 'react-router';
import { isNotFound } from '../api/problem';
import type { PromotionView } from '../api/types';
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
import { When } from '../parts/When';
import { ReleaseLink } from '../releases/ReleaseLink';
import { NotFound } from '../shell/NotFound';
import { briefIn } from '../words/brief';
import { shortHash } from '../words/numbers';
import { sentence } from '../words/sentence';
import { promotionIsOver, promotionState } from '../words/states';
import { Decision } from './Decision';
import { GateList } from './GateList';
import classes from './PromotionPage.module.css';
import { usePromotion } from './queries';
import { who } from '../words/who';

export function PromotionPage() {
  const { id = '' } = useParams();
  const promotion = usePromotion(id);
  if (isNotFound(promotion.error) && !promotion.data) {
    return <NotFound what="There is no such promotion"><p>Its address may be cut short. <Link to="/">The board</Link> shows what is under way.</p></NotFound>;
  }
  return <Asked query={promotion} lines={8}>{(data) => <Promotion promotion={data} />}</Asked>;
}

function Promotion({ promotion }: { promotion: PromotionView }) {
  const { service, environment, version, fromVersion, kind, state, rollout } = promotion;
  const rollback = kind === 'rollback';
  const title = `${service} ${version} to ${environment}`;
  useAnnouncedState(promotion);
  return (
    <Page
      title={title}
      heading={<>{service} <span className={classes.versions}>{fromVersion && fromVersion !== version ? <><span className={classes.version}>{fromVersion}</span> <Icon name="arrow" size={18} /><span className="sr">to</span> </> : null}<span className={classes.version}>{version}</span></span> <span className={classes.where}>{promotionIsOver(state) && rollout ? 'in' : 'to'} {environment}</span></>}
      above={<><Link to="/">Board</Link><span aria-hidden="true">/</span><Link to={`/services/${service}`}>{service}</Link><span aria-hidden="true">/</span><span>{rollback ? 'rollback' : 'promotion'}</span></>}
      below={<><StateChip state={promotionState[state]} large />{promotion.reason ? <span>{sentence(briefIn(promotion.reason, promotion.gates.map((gate) => gate.why)))}</span> : null}</>}
      actions={rollout ? <Button component={Link} to={`/rollouts/${rollout}`} rightSection={<Icon name="arrow" />}>{state === 'rollingOut' ? 'Watch the rollout' : 'See its rollout'}</Button> : null}
    >
      {promotion.supersededBy ? (
        <Notice tone="quiet" title={<>A newer promotion took its place: <Link to={`/promotions/${promotion.supersededBy}`}>see that one</Link>.</>} />
      ) : null}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Decision promotion={promotion} />
          <Panel title="Gates" aside="asked in this order"><GateList gates={promotion.gates} over={!['waiting', 'approved'].includes(state)} /></Panel>
          <Panel title="What happened"><History id={promotion.id} /></Panel>
        </div>
        <Panel title={rollback ? 'This rollback' : 'This promotion'}>
          <Facts facts={[
            ['Service', <Link to={`/services/${service}`}>{service}</Link>],
            ['Environment', environment],
            ['Release', <ReleaseLink service={service} version={version} />],
            [promotionIsOver(state) ? 'Ran there' : 'Runs there', <RunsThere promotion={promotion} />],
            ['Asked for', <><When at={promotion.requestedAt} focusable /> by {who(promotion.requestedBy)}</>],
            ['Why', promotion.why],
            ['Ended', promotion.endedAt ? <When at={promotion.endedAt} focusable /> : null],
            ['Inputs', <code title={promotion.inputsHash}>{shortHash(promotion.inputsHash)}</code>],
          ]}
          />
          <p className={classes.inputs}>The inputs are what an approval binds to: release, definition, configuration and targets. With others it would be another promotion.</p>
        </Panel>
      </div>
    </Page>
  );
}

/** Which version is to be replaced; as long as the promotion has not entered the lane, the one that is there now. */
function RunsThere({ promotion }: { promotion: PromotionView }) {
  const { service, environment, fromVersion, rollout, state } = promotion;
  const status = useStatus();
  if (fromVersion) return <ReleaseLink service={service} version={fromVersion} />;
  if (rollout) return 'nothing: this was the first';
  if (promotionIsOver(state)) return 'it never entered';
  return status.data ? (laneOf(status.data, service, environment)?.version ?? 'nothing yet: this is the first') : '…';
}

function History({ id }: { id: string }) {
  const entries = useLedgerOfPromotion(id);
  return <Asked query={entries}>{(data) => <Timeline entries={data} />}</Asked>;
}

function useAnnouncedState({ state, reason }: PromotionView): void {
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    announce(`${promotionState[state].word}. ${reason ?? ''}`);
  }, [state, reason]);
}
