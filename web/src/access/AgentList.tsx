import type { AgentView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { bytes } from '../words/numbers';
import type { StateWords } from '../words/states';
import { useAgents } from './queries';

const stateOf = (agent: AgentView): StateWords =>
  !agent.connected ? { word: 'Not connected', tone: 'bad' } : agent.draining ? { word: 'Draining', tone: 'waiting' } : { word: 'Connected', tone: 'good' };

/** How many jobs of pipelines it runs at a time and what each may use at most; or why it runs none. */
function Jobs({ agent }: { agent: AgentView }) {
  if (!agent.connected) return null;
  if (agent.noJobsBecause != null) return <div>none<div className={table.under}>{agent.noJobsBecause}</div></div>;
  const limits = [agent.jobLimits, agent.jobLimitsMissing].filter((text) => text != null);
  return <div>{agent.jobCapacity} at a time{limits.map((text) => <div key={text} className={table.under}>{text}</div>)}</div>;
}

export function AgentList() {
  const agents = useAgents();
  return (
    <Panel title="Agents" flush>
      <Asked query={agents}>
        {(data) => (data.length === 0 ? (
          <Empty title="No agent has connected yet."><p>An agent runs instances on its machine. This makes the token that one joins with:</p><Command line="slipway agent enrol my-host" /></Empty>
        ) : (
          <table className={table.table}>
            <thead><tr><th>Agent</th><th>State</th><th className={table.number}>Instances</th><th className={table.number}>Disk free</th><th>Jobs</th><th>Labels</th><th>Program</th></tr></thead>
            <tbody>
              {data.map((agent) => (
                <tr key={agent.name}>
                  <td><span className={table.main}>{agent.name}</span></td>
                  <td data-label="State"><span><StateText state={stateOf(agent)} /> {!agent.connected && agent.lastSeenAt ? <span className={table.under}>seen <When at={agent.lastSeenAt} focusable /></span> : null}</span></td>
                  <td data-label="Instances" className={table.number}>{agent.instances}</td>
                  <td data-label="Disk free" className={table.number}>{agent.diskFreeBytes != null ? bytes(agent.diskFreeBytes) : ''}</td>
                  <td data-label="Jobs"><Jobs agent={agent} /></td>
                  <td data-label="Labels">{Object.entries(agent.labels).map(([key, value]) => `${key}=${value}`).join(', ') || <span className="quiet">none</span>}</td>
                  <td data-label="Program">{agent.program ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </Asked>
    </Panel>
  );
}
