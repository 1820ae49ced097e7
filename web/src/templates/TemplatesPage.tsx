import { Link, useSearchParams } from 'react-router';
import type { TemplateFaultView, TemplateView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { useTemplates } from './queries';
import { TemplatePanels } from './TemplatePanels';
import classes from './Templates.module.css';
import { capital, originWords } from './templateWords';

export function TemplatesPage() {
  const templates = useTemplates();
  const [search] = useSearchParams();
  const [chosen, version] = [search.get('template'), search.get('version')];
  return (
    <Page title="Templates" heading="Templates" below="Pipelines that services share. A service names one in its slipway.yaml, and each run keeps the version that it got.">
      <Asked query={templates} lines={8}>
        {(data) => (
          <>
            {data.faults.map((fault) => <Fault key={fault.path} fault={fault} />)}
            <Panel title="In force" flush>
              <table className={table.table}>
                <thead><tr><th>Template</th><th>From</th><th>For</th><th className={table.number}>Services</th><th>What it is</th></tr></thead>
                <tbody>{data.items.map((template) => <Row key={`${template.name}@${template.version}`} template={template} isChosen={template.name === chosen && (version === null || template.version === version)} />)}</tbody>
              </table>
            </Panel>
          </>
        )}
      </Asked>
      {chosen ? <TemplatePanels key={`${chosen}@${version ?? ''}`} name={chosen} version={version} /> : null}
    </Page>
  );
}

function Row({ template: { name, version, origin, rollout, services, description, deprecated }, isChosen }: { template: TemplateView; isChosen: boolean }) {
  return (
    <tr data-led-to={isChosen || undefined}>
      <td className={table.tight}><Link to={`/templates?template=${name}&version=${version}`} className={table.main} aria-current={isChosen ? 'true' : undefined}>{name}@{version}</Link></td>
      <td data-label="From" className={table.tight}>{originWords(origin)}</td>
      <td data-label="For" className={table.tight}>{rollout ?? 'all services'}</td>
      <td data-label="Services" className={table.number}>{services === 0 ? '–' : services}</td>
      <td data-label="What it is"><span>{description}{deprecated ? <span className={classes.deprecated}> {capital(deprecated)}</span> : null}</span></td>
    </tr>
  );
}

function Fault({ fault }: { fault: TemplateFaultView }) {
  return (
    <Notice tone="bad" title={`templates/${fault.path} is wrong: ${fault.instead}.`}>
      <ul className={classes.problems}>
        {fault.problems.map((each) => (
          <li key={`${each.file}:${each.line}:${each.column}:${each.message}`}><code>{each.file}:{each.line}:{each.column}</code> {each.message}{each.suggestion ? ` ${each.suggestion}` : ''}</li>
        ))}
      </ul>
    </Notice>
  );
}
