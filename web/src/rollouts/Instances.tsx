import { Button, Drawer } from '@mantine/core';
import { useState } from 'react';
import type { InstanceView, RolloutView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { plural } from '../words/numbers';
import { armWords, instanceState, rolloutIsOver } from '../words/states';
import { hasEnded } from './meaning';
import classes from './Instances.module.css';
import { useInstanceLog } from './queries';

/** The running programs of both versions, as their agents report them. */
export function Instances({ rollout }: { rollout: RolloutView }) {
  const [log, setLog] = useState<InstanceView | null>(null);
  const { instances } = rollout;
  const well = instances.filter((each) => each.state === 'healthy').length;
  return (
    <Panel title="Instances" aside={instances.length > 0 ? `${well} of ${plural(instances.length, 'instance')} healthy` : null} flush>
      {instances.length === 0 ? (
        <Empty title="No agent reports an instance of these versions.">
          <p>{hasEnded(rollout) ? 'They have been stopped, or others took their place.' : 'They are being started, or their agent is away: Access lists the agents.'}</p>
        </Empty>
      ) : (
        <table className={table.table}>
          <thead><tr><th>Version</th><th>State</th><th className={table.number}>Port</th><th className={table.number}>Restarts</th><th>Agent</th><th>Started</th><th><span className="sr">Log</span></th></tr></thead>
          <tbody>
            {instances.map((each) => <Row key={`${each.agent}/${each.id}`} instance={each} fresh={each.version === rollout.version} arm={armOf(rollout, each)} onLog={() => setLog(each)} />)}
          </tbody>
        </table>
      )}
      <Drawer
        opened={log !== null} onClose={() => setLog(null)} position="right" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}
        title={log ? `Log of ${log.process ? `${log.process} of ` : ''}${log.service} ${log.version}, ${log.agent}${log.port ? `:${log.port}` : ''}` : ''}
      >
        {log ? <Log agent={log.agent} id={log.id} /> : null}
      </Drawer>
    </Panel>
  );
}

/** While the new version is watched it is stable already; said like that, nobody could tell it from the one before. */
const armOf = ({ version, state }: RolloutView, instance: InstanceView): string =>
  (instance.version === version && instance.arm === 'stable' && !rolloutIsOver(state) ? 'new' : armWords[instance.arm] ?? instance.arm);

function Row({ instance, fresh, arm, onLog }: { instance: InstanceView; fresh: boolean; arm: string; onLog: () => void }) {
  const { version, state, process, worker, port, restarts, agent, startedAt, reason, nextStep } = instance;
  return (
    <tr>
      <td className={table.tight}>
        <span className={classes.swatch} data-arm={fresh ? 'canary' : 'stable'} aria-hidden="true" />
        <span className={table.main}>{version}</span> <span className={table.under}>{process ? `${process}, ${arm}` : arm}</span>
      </td>
      <td data-label="State">
        <span>
          <StateText state={instanceState(state)} />
          {reason ? <span className={classes.reason}>{reason}</span> : null}
          {nextStep ? <span className={classes.reason}>{nextStep}</span> : null}
        </span>
      </td>
      <td data-label="Port" className={table.number}>{port ?? (worker ? 'no traffic' : '–')}</td>
      <td data-label="Restarts" className={table.number}>{restarts}</td>
      <td data-label="Agent">{agent}</td>
      <td data-label="Started" className={table.tight}>{startedAt ? <When at={startedAt} focusable /> : '–'}</td>
      <td className={table.tight}>
        <Button size="compact-xs" variant="subtle" leftSection={<Icon name="log" size={14} />} onClick={onLog} aria-label={`Log of ${process ? `${process} of ` : ''}${version} on ${agent}${port ? `, port ${port}` : ''}`}>Log</Button>
      </td>
    </tr>
  );
}

/** Ids are an agent's alone: another may have one of the same name, of another version. */
function Log({ agent, id }: { agent: string; id: string }) {
  const log = useInstanceLog(agent, id);
  return (
    <div className={classes.log}>
      <Command line={`slipway instance logs ${agent}/${id} --follow`} />
      <Asked query={log}>
        {(text) => (text.trim() === '' ? <Empty title="It has written nothing yet." /> : <pre className={classes.lines} tabIndex={0} aria-label="The last lines">{text}</pre>)}
      </Asked>
    </div>
  );
}
