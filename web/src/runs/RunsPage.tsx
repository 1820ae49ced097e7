import { Select } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import { useStatus } from '../lanes/queries';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import { mostRuns, useRuns } from './queries';
import { RunTable } from './RunTable';
import classes from './RunsPage.module.css';

export function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const service = search.get('service');
  const runs = useRuns(service);
  const status = useStatus();
  const services = status.data?.services.map((each) => each.service) ?? [];
  return (
    <Page
      title="Runs" heading="Runs" below={<p>From a commit, through its pipeline, to a release. <Link to="/templates">Templates</Link> are pipelines that services share.</p>}
      actions={(
        <Select
          aria-label="Only of this service" placeholder="All services" clearable data={services} value={service} className={classes.filter}
          clearButtonProps={{ 'aria-label': 'All services' }}
          onChange={(value) => setSearch(value ? { service: value } : {}, { replace: true })}
        />
      )}
    >
      <Asked query={runs} lines={8}>
        {(data) => (
          <Panel title="Newest first" aside={data.length === mostRuns ? `the last ${mostRuns}` : null} flush>
            {data.length === 0 ? (
              <Empty title={service ? `No run of ${service} yet.` : 'No run yet.'}>
                <p>A commit on the branch that a service follows makes one. This names a service's repository:</p>
                <Command line={`slipway service source set ${service ?? 'my-service'} https://git.example.org/team/my-service.git`} />
              </Empty>
            ) : <RunTable runs={data} withService={service === null} />}
          </Panel>
        )}
      </Asked>
    </Page>
  );
}
