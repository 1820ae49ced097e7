import type { VerificationView } from '../api/types';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { verdict } from '../words/states';

/** Checks of the new instances before they get traffic. */
export function Verifications({ verifications }: { verifications: VerificationView[] }) {
  return (
    <Panel title="Verified before traffic" flush>
      <table className={table.table}>
        <thead><tr><th>Verification</th><th>Verdict</th><th>Found</th><th>When</th></tr></thead>
        <tbody>
          {verifications.map((each) => (
            <tr key={each.name}>
              <td className={table.main}>{each.name}</td>
              <td data-label="Verdict" className={table.tight}><StateText state={each.verdict ? verdict[each.verdict] : { word: 'Under way', tone: 'active' }} /></td>
              <td data-label="Found">{each.detail ?? '–'}</td>
              <td data-label="When" className={table.tight}>{each.at ? <When at={each.at} focusable /> : 'now'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
