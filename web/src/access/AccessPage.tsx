import { Asked } from '../parts/Asked';
import { Facts } from '../parts/Facts';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import { When } from '../parts/When';
import { AgentList } from './AgentList';
import { useWhoAmI } from './queries';
import { TokenList } from './TokenList';

const permissionWords: Record<string, string> = {
  read: 'see everything', deploy: 'promote, roll back, act on rollouts, veto and hold', approve: 'decide approvals', override: 'lift freezes',
  editPolicy: 'add freezes, remove services', manageAgents: 'manage agents', manageOwnTokens: 'manage their own tokens', manageTokens: 'manage all tokens',
  operate: 'operate this installation', askSources: 'ask metric sources',
};

export function AccessPage() {
  const me = useWhoAmI();
  return (
    <Page title="Access" heading="Access" below="Who you are here, the tokens that programs and people use, and the agents that run instances.">
      <Asked query={me} lines={3}>
        {(data) => (
          <Panel title="You">
            <Facts facts={[
              ['Identity', <strong>{data.identity}</strong>],
              ['Roles', data.roles.join(', ') || 'none'],
              ['May', data.permissions.map((each) => permissionWords[each] ?? each).join('; ')],
              ['Session', data.expiresAt ? <>ends <When at={data.expiresAt} focusable /></> : 'does not end by itself'],
              ['Installation', <code>{data.installation}</code>],
              ['Program', `Slipway ${data.program.replace(/^slipway\s*/i, '')}`],
            ]}
            />
          </Panel>
        )}
      </Asked>
      <TokenList />
      <AgentList />
    </Page>
  );
}
