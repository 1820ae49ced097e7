import { useState } from 'react';
import type { RolloutHook, RolloutView, VerificationView } from '../api/types';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { sentence } from '../words/sentence';
import { hookState, pointWords, verificationState } from './asked';
import { LogButton, ScriptLog, type Script } from './ScriptLog';

/** What was asked of the new instances, before they got traffic or at a step. */
export function Verifications({ rollout }: { rollout: RolloutView }) {
  const [log, setLog] = useState<Script | null>(null);
  return (
    <Panel title="Verifications" aside="asked of the new instances" flush>
      <table className={table.table}>
        <thead><tr><th>Verification</th><th>Verdict</th><th>Found</th><th>Since</th><th><span className="sr">Log</span></th></tr></thead>
        <tbody>
          {rollout.verifications.map((each: VerificationView) => (
            <tr key={each.name}>
              <td className={table.main}>{each.name}</td>
              <td data-label="Verdict" className={table.tight}><StateText state={verificationState(each)} /></td>
              <td data-label="Found" className={table.prose}>{each.detail ? sentence(each.detail) : '–'}</td>
              <td data-label="Since" className={table.tight}><Since at={each.since ?? each.at} /></td>
              <td className={table.tight}>{each.log ? <LogButton of={each.name} onClick={() => setLog({ verification: each.name })} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ScriptLog rollout={rollout} script={log} onClose={() => setLog(null)} />
    </Panel>
  );
}

/** Who else is asked whether the rollout may go on, or told how it goes. */
export function Hooks({ rollout }: { rollout: RolloutView }) {
  const [log, setLog] = useState<Script | null>(null);
  return (
    <Panel title="Hooks" aside="others who are asked, or told" flush>
      <table className={table.table}>
        <thead><tr><th>Hook</th><th>When</th><th>Answer</th><th>Reason</th><th>Since</th><th><span className="sr">Log</span></th></tr></thead>
        <tbody>
          {rollout.hooks.map((each: RolloutHook) => (
            <tr key={`${each.point} ${each.name} ${each.stepNumber ?? ''}`}>
              <td className={table.main}>{each.name}</td>
              <td data-label="When">{pointWords(each)}</td>
              <td data-label="Answer" className={table.tight}><StateText state={hookState(each)} /></td>
              <td data-label="Reason" className={table.prose}>{each.detail ? sentence(each.detail) : '–'}</td>
              <td data-label="Since" className={table.tight}><Since at={each.since} /></td>
              <td className={table.tight}>{each.log ? <LogButton of={`${each.name}, ${pointWords(each)}`} onClick={() => setLog({ hook: each.name, point: each.point, ...(each.stepNumber ? { step: String(each.stepNumber) } : {}) })} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ScriptLog rollout={rollout} script={log} onClose={() => setLog(null)} />
    </Panel>
  );
}

const Since = ({ at }: { at: string | null | undefined }) => (at ? <When at={at} focusable /> : <>–</>);
