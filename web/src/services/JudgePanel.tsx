import type { SelfJudgedView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { meaning, seen } from './judged';
import { useJudge } from './queries';

/** How often the judge blamed a version compared with itself: what its word is worth here. */
export function JudgePanel({ service }: { service: string }) {
  const judge = useJudge(service);
  if (judge.data?.environments.length === 0) return null;
  return (
    <Panel title="The judge against itself" aside="one half of stable’s instances against the other, between rollouts" flush>
      <Asked query={judge}>
        {(data) => (
          <table className={table.table}>
            <thead><tr><th>Environment</th><th>Found</th><th>Means</th><th>Promised</th></tr></thead>
            <tbody>{data.environments.map((lane) => <Row key={lane.environment} lane={lane} />)}</tbody>
          </table>
        )}
      </Asked>
    </Panel>
  );
}

function Row({ lane }: { lane: SelfJudgedView }) {
  const last = lane.lastAlarms[0];
  return (
    <tr>
      <td className={table.main}>{lane.environment}</td>
      <td data-label="Found">
        {seen(lane)}
        {lane.now && !lane.worker ? <div className={table.under}>now: {lane.now}</div> : null}
      </td>
      <td className={table.prose} data-label="Means">
        {meaning(lane)}
        {last ? <div className={table.under}>last, <When at={last.at} />, {last.version}: {last.text}</div> : null}
      </td>
      <td data-label="Promised">{lane.promised}</td>
    </tr>
  );
}
