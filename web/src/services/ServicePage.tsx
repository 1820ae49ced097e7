import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useWhyNot } from '../access/queries';
import { isNotFound } from '../api/problem';
import type { StatusView } from '../api/types';
import { useStatus } from '../lanes/queries';
import { Asked } from '../parts/Asked';
import { Page } from '../parts/Page';
import { When } from '../parts/When';
import { PromoteDialog } from '../promotions/PromoteDialog';
import { RecentPromotions } from '../promotions/RecentPromotions';
import { ReleaseList } from '../releases/ReleaseList';
import { SourcePanel } from '../runs/SourcePanel';
import { NotFound } from '../shell/NotFound';
import { plural } from '../words/numbers';
import { JudgePanel } from './JudgePanel';
import { LanePanel } from './LanePanel';
import { useService } from './queries';
import classes from './ServicePage.module.css';
import { who } from '../words/who';

export function ServicePage() {
  const { service: name = '' } = useParams();
  const service = useService(name);
  const status = useStatus();
  const whyNot = useWhyNot('deploy');
  const [promoting, setPromoting] = useState(false);
  if (isNotFound(service.error) && !service.data) {
    return <NotFound what={`There is no service “${name}”`}><p>It may have been removed, or be spelt otherwise. <Link to="/">The board</Link> shows all services.</p></NotFound>;
  }
  const mine = status.data?.services.find((each) => each.service === name);
  const { owner, tier, createdAt, createdBy, releases } = service.data ?? {};
  const promote = (
    <Tooltip label={whyNot} disabled={!whyNot}>
      <Button onClick={() => { if (!whyNot) setPromoting(true); }} disabled={!mine || releases === 0} data-disabled={whyNot ? true : undefined} aria-disabled={whyNot ? true : undefined}>Promote…</Button>
    </Tooltip>
  );
  return (
    <Page
      title={name} heading={name} above={<Link to="/">Board</Link>} actions={promote}
      below={service.data ? (
        <>
          {owner ? <span>Owned by {owner}</span> : null}
          {tier != null ? <span>Tier {tier}</span> : null}
          <span>{plural(releases ?? 0, 'release')}</span>
          {createdAt ? <span className="quiet">added <When at={createdAt} /> by {createdBy ? who(createdBy) : ''}</span> : null}
        </>
      ) : null}
    >
      <Asked query={status} lines={5}>{(data) => <Lanes status={data} service={name} />}</Asked>
      <SourcePanel service={name} repository={service.data && (service.data.repository ?? null)} />
      <ReleaseList service={name} environments={status.data?.environments ?? []} lanes={mine?.lanes ?? []} />
      <RecentPromotions service={name} />
      <JudgePanel service={name} />
      {mine && status.data ? (
        <PromoteDialog opened={promoting} onClose={() => setPromoting(false)} service={name} environments={status.data.environments} lanes={mine.lanes} />
      ) : null}
    </Page>
  );
}

function Lanes({ status, service }: { status: StatusView; service: string }) {
  const lanes = status.services.find((each) => each.service === service)?.lanes ?? [];
  return (
    <div className={classes.lanes}>
      {lanes.map((lane) => (
        <LanePanel key={lane.environment} lane={lane} lanes={lanes} environments={status.environments} />
      ))}
    </div>
  );
}
