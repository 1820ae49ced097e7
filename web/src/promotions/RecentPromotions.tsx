import { Link } from 'react-router';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { FirstOf } from '../parts/FirstOf';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { brief, oneOrTwoLines } from '../words/brief';
import { sentence } from '../words/sentence';
import { promotionState } from '../words/states';
import { mostPromotions, usePromotionsOf } from './queries';
import { who } from '../words/who';

const firstShown = 5;

export function RecentPromotions({ service }: { service: string }) {
  const promotions = usePromotionsOf(service);
  return (
    <Panel title="Promotions" aside={promotions.data?.length === mostPromotions ? `the last ${mostPromotions}` : null} flush>
      <Asked query={promotions}>
        {(data) => (data.length === 0 ? (
          <Empty title="Nothing has been promoted yet." />
        ) : (
          <FirstOf items={data} first={firstShown} more={(count) => `Show ${count} more`}>
            {(shown) => (
              <table className={table.table}>
                <thead><tr><th>Release</th><th>To</th><th>State</th><th>Asked for</th><th>Why it is so</th></tr></thead>
                <tbody>
                  {shown.map((promotion) => (
                    <tr key={promotion.id}>
                      <td className={table.tight}>
                        <Link to={`/promotions/${promotion.id}`} className={table.main}>{promotion.version}</Link>
                        {promotion.kind === 'rollback' ? <span className={table.under}> rollback</span> : null}
                      </td>
                      <td data-label="To">{promotion.environment}</td>
                      <td data-label="State" className={table.tight}><StateText state={promotionState[promotion.state]} /></td>
                      <td data-label="Asked for"><span><When at={promotion.requestedAt} focusable /> <span className={table.under}>by {who(promotion.requestedBy)}</span></span></td>
                      <td data-label="Because" title={promotion.reason ?? undefined}>{sentence(brief(promotion.reason ?? '', oneOrTwoLines))}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </FirstOf>
        ))}
      </Asked>
    </Panel>
  );
}
