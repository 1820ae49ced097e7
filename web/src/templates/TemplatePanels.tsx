import { Link } from 'react-router';
import type { TemplateDetail, TemplateUserView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { mostUsers, useTemplate, useTemplateUsers } from './queries';
import classes from './Templates.module.css';
import { nextOf, ruleOf } from './templateWords';

/** What a template takes, and who uses it. */
export function TemplatePanels({ name, version }: { name: string; version: string | null }) {
  const template = useTemplate(name, version);
  const users = useTemplateUsers(name);
  return (
    <>
      <Asked query={template} lines={6}>{(data) => <Takes detail={data} />}</Asked>
      {template.error ? null : (
        <Panel title={`Who uses ${name}`} aside={users.data?.length === mostUsers ? `the first ${mostUsers}` : null} flush>
          <Asked query={users} lines={4}>{(data) => <Users users={data} name={name} />}</Asked>
        </Panel>
      )}
    </>
  );
}

function Takes({ detail: { template, inputs, extensions } }: { detail: TemplateDetail }) {
  return (
    <>
      <Panel title={`What ${template.name}@${template.version} takes`} flush>
        {inputs.length === 0 ? <Empty title="Nothing." /> : (
          <table className={table.table}>
            <thead><tr><th>Input</th><th>Type</th><th>Default</th><th>What it is</th></tr></thead>
            <tbody>
              {inputs.map((input) => (
                <tr key={input.name}>
                  <td className={table.tight}><code className={table.main}>{input.name}</code></td>
                  <td data-label="Type" className={table.tight}>{input.type}</td>
                  <td data-label="Default" className={table.tight}>{input.default == null ? 'must be given' : <code>{input.default}</code>}</td>
                  <td data-label="What it is"><span>{input.description}<span className={table.under}> {ruleOf(input)}</span></span></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      {extensions.length === 0 ? null : (
        <Panel title="Where a service may add to it" flush>
          <table className={table.table}>
            <thead><tr><th>Point</th><th>Adds</th><th>What it is for</th></tr></thead>
            <tbody>
              {extensions.map((point) => (
                <tr key={point.name}><td className={table.tight}><code className={table.main}>{point.name}</code></td><td data-label="Adds" className={table.tight}>{point.adds}</td><td data-label="For">{point.description}</td></tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
    </>
  );
}

function Users({ users, name }: { users: TemplateUserView[]; name: string }) {
  if (users.length === 0) {
    return <Empty title={`No service's newest run came from ${name}.`} />;
  }
  return (
    <table className={table.table}>
      <thead><tr><th>Service</th><th>Asks for</th><th>Got</th><th>Next run</th><th>Run</th></tr></thead>
      <tbody>
        {users.map((user) => (
          <tr key={`${user.service}/${user.use.job ?? ''}`}>
            <td className={table.tight}><Link to={`/services/${user.service}`} className={table.main}>{user.service}</Link></td>
            <td data-label="Asks for" className={table.tight}>{user.use.asked}{user.use.job ? ` for ${user.use.job}` : ''}</td>
            <td data-label="Got"><span>{user.use.version}<span className={table.under}> {user.use.reason}</span></span></td>
            <td data-label="Next run"><span className={user.problem ? classes.deprecated : undefined}>{nextOf(user)}</span></td>
            <td data-label="Run" className={table.tight}><span><Link to={`/runs/${user.run}`}>{user.run}</Link> <span className={table.under}><When at={user.at} focusable /></span></span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
