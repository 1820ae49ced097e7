import { Button, Select } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useStatus } from '../lanes/queries';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { Page } from '../parts/Page';
import classes from './ActivityPage.module.css';
import { EntryList } from './EntryList';
import { useLedger } from './queries';

export function ActivityPage() {
  const [search, setSearch] = useSearchParams();
  const service = search.get('service');
  const status = useStatus();
  const ledger = useLedger(service);
  const services = status.data?.services.map((each) => each.service) ?? [];
  return (
    <Page
      title="Activity" heading="Activity" below="Every decision, in the order in which it was made, from the ledger, in which no edit goes unseen."
      actions={(
        <Select
          aria-label="Only of this service" placeholder="All services" clearable data={services} value={service} className={classes.filter}
          clearButtonProps={{ 'aria-label': 'All services' }}
          onChange={(value) => setSearch(value ? { service: value } : {}, { replace: true })}
        />
      )}
    >
      <Asked query={ledger} lines={10}>
        {(data) => {
          const entries = data.pages.flatMap((page) => page.entries);
          return (
            <>
              {entries.length > 0 ? <EntryList entries={entries} /> : <Empty title={service ? `No entry about ${service} among the newest.` : 'The ledger is empty.'} />}
              {ledger.hasNextPage ? (
                <div><Button variant="default" loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>Look further back</Button></div>
              ) : <p className="quiet">This is where the ledger begins.</p>}
            </>
          );
        }}
      </Asked>
    </Page>
  );
}
