import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { PromotionView } from '../api/types';
import { announce } from '../live/announce';
import { AskWhy } from '../parts/AskWhy';
import { Icon } from '../parts/Icon';
import { Notice } from '../parts/Notice';
import { Panel } from '../parts/Panel';
import { Problem } from '../parts/Problem';
import { When } from '../parts/When';
import { shortHash } from '../words/numbers';
import { promotionIsOver } from '../words/states';
import classes from './Decision.module.css';
import { useCancel, useDecide } from './queries';

/** What people decided, and what the asking person may decide now. */
export function Decision({ promotion }: { promotion: PromotionView }) {
  const { actions, actionsRefused, approvals, state } = promotion;
  const gate = promotion.gates.find((each) => each.name === 'approval');
  const asked = gate !== undefined && gate.state !== 'open' && !promotionIsOver(state) && state !== 'rollingOut';
  const refused = actionsRefused?.['approve'];
  const cancellable = actions.includes('cancel');
  if (!asked && approvals.length === 0 && !cancellable) return null;
  return (
    <Panel title={asked ? 'An approval is asked for' : approvals.length > 0 ? 'Approval' : 'Cancel'}>
      <div className={classes.decision}>
        {approvals.map((approval) => (
          <Notice
            key={`${approval.by}${approval.at}`} tone={approval.approved ? 'good' : 'bad'}
            title={<>{approval.approved ? 'Approved' : 'Rejected'} by {approval.by} <When at={approval.at} focusable /></>}
          >
            {approval.why ? <p>{approval.why}</p> : null}
          </Notice>
        ))}
        {asked && actions.includes('approve') ? <Approve promotion={promotion} /> : null}
        {asked && !actions.includes('approve') ? (
          <Notice tone="quiet" title="You cannot give it.">
            <p>{refused ? `${refused.charAt(0).toUpperCase()}${refused.slice(1).replace(/\.$/, '')}.` : 'Your identity has no role that may approve.'} {gate.openedBy ? `The way: ${gate.openedBy}.` : ''}</p>
          </Notice>
        ) : null}
        <Others promotion={promotion} rejectable={asked && actions.includes('reject')} cancellable={cancellable} />
      </div>
    </Panel>
  );
}

function Approve({ promotion }: { promotion: PromotionView }) {
  const decide = useDecide(promotion.id);
  const [why, setWhy] = useState('');
  const approve = (event: React.FormEvent): void => {
    event.preventDefault();
    decide.mutate({ decision: 'approve', why: why.trim(), inputsHash: promotion.inputsHash }, { onSuccess: () => announce('Approved') });
  };
  return (
    <form className={classes.approve} onSubmit={approve}>
      <Textarea label="Why" description="May be left empty. Stands in the ledger." autosize minRows={1} maxRows={5} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      {decide.error ? <Problem error={decide.error} /> : null}
      <div className={classes.line}>
        <Button type="submit" leftSection={<Icon name="check" />} loading={decide.isPending}>Approve {promotion.version} for {promotion.environment}</Button>
        <span className={classes.binds}>binds to inputs <code title={promotion.inputsHash}>{shortHash(promotion.inputsHash)}</code></span>
      </div>
    </form>
  );
}

function Others({ promotion, rejectable, cancellable }: { promotion: PromotionView; rejectable: boolean; cancellable: boolean }) {
  const [dialog, setDialog] = useState<'reject' | 'cancel' | null>(null);
  const decide = useDecide(promotion.id);
  const cancel = useCancel(promotion.id);
  const close = (): void => setDialog(null);
  if (!rejectable && !cancellable) return null;
  const what = `${promotion.service} ${promotion.version}`;
  return (
    <div className={classes.others}>
      {rejectable ? <Button variant="default" size="xs" onClick={() => setDialog('reject')}>Reject…</Button> : null}
      {cancellable ? <Button variant="default" size="xs" onClick={() => setDialog('cancel')}>Cancel the {promotion.kind}…</Button> : null}
      <AskWhy
        opened={dialog === 'reject'} onClose={close} title={`Reject ${what}`} deed="Reject" danger whyRequired pending={decide.isPending} error={decide.error}
        onConfirm={(why) => decide.mutate({ decision: 'reject', why, inputsHash: promotion.inputsHash }, { onSuccess: close })}
      >
        <p>The promotion ends here. {promotion.fromVersion ? `${promotion.fromVersion} stays in ${promotion.environment}.` : ''}</p>
      </AskWhy>
      <AskWhy
        opened={dialog === 'cancel'} onClose={close} title={`Cancel ${what}`} deed="Cancel it" danger whyRequired pending={cancel.isPending} error={cancel.error}
        onConfirm={(why) => cancel.mutate(why, { onSuccess: close })}
      >
        <p>It leaves the queue of {promotion.environment}; what runs there stays. It can be asked for again.</p>
      </AskWhy>
    </div>
  );
}
