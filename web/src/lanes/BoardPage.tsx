import { TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useHotkeys } from '@mantine/hooks';
import type { StatusView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { Page } from '../parts/Page';
import { AddFirstService } from '../services/AddFirstService';
import { Board } from './Board';
import classes from './BoardPage.module.css';
import { useStatus } from './queries';
import { filterServices, summary } from './summary';

export function BoardPage() {
  const status = useStatus();
  const [typed, setTyped] = useState('');
  const filter = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => filter.current?.focus()]]);
  const some = (status.data?.services.length ?? 0) > 0;
  return (
    <Page
      title="Board" heading="Board" below={status.data ? summary(status.data) : null}
      actions={some ? (
        <TextInput
          ref={filter} className={classes.filter} value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === 'Escape') setTyped(''); }}
          placeholder="Filter" aria-label="Filter services" leftSection={<Icon name="search" />} rightSection={<kbd className={classes.kbd}>/</kbd>}
        />
      ) : null}
    >
      <Asked query={status} lines={8}>{(data) => <Services status={data} typed={typed} />}</Asked>
    </Page>
  );
}

function Services({ status, typed }: { status: StatusView; typed: string }) {
  if (status.services.length === 0) return <AddFirstService environments={status.environments.map((each) => each.name)} />;
  const services = filterServices(status, typed);
  if (services.length === 0) return <Empty title={`No service, owner or version contains “${typed.trim()}”.`} />;
  return <Board environments={status.environments} services={services} />;
}
