import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { TokenView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Empty } from '../parts/Empty';
import { Panel } from '../parts/Panel';
import { Problem } from '../parts/Problem';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import classes from './Access.module.css';
import { CreateTokenDialog } from './CreateTokenDialog';
import { useRevokeToken, useTokens } from './queries';
import { who } from '../words/who';

export function TokenList() {
  const tokens = useTokens();
  const [creating, setCreating] = useState(false);
  return (
    <Panel title="Tokens" aside={<Button size="xs" variant="default" onClick={() => setCreating(true)}>Create a token…</Button>} flush>
      <Asked query={tokens}>
        {(data) => (data.length === 0 ? (
          <Empty title="No tokens." />
        ) : (
          <table className={table.table}>
            <thead><tr><th>Name</th><th>Identity</th><th>Roles</th><th>Made</th><th>Ends</th><th>Last used</th><th><span className="sr">Actions</span></th></tr></thead>
            <tbody>{data.map((token) => <TokenRow key={token.id} token={token} />)}</tbody>
          </table>
        ))}
      </Asked>
      <CreateTokenDialog opened={creating} onClose={() => setCreating(false)} />
    </Panel>
  );
}

function TokenRow({ token }: { token: TokenView }) {
  const [opened, setOpened] = useState(false);
  const revoke = useRevokeToken();
  const close = (): void => setOpened(false);
  const confirm = (): void => revoke.mutate(token.id, { onSuccess: () => { close(); notifications.show({ message: `The token ${token.name} works no more.` }); } });
  return (
    <tr>
      <td><span className={table.main}>{token.name}</span></td>
      <td data-label="Identity">{token.identity}</td>
      <td data-label="Roles">{token.roles.join(', ')}</td>
      <td data-label="Made"><span><When at={token.createdAt} focusable /> <span className={table.under}>by {who(token.createdBy)}</span></span></td>
      <td data-label="Ends">{token.expiresAt ? <span><When at={token.expiresAt} focusable /></span> : <span className="quiet">never</span>}</td>
      <td data-label="Last used">{token.lastUsedAt ? <span><When at={token.lastUsedAt} focusable /></span> : <span className="quiet">never</span>}</td>
      <td className={table.tight}>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setOpened(true)} aria-label={`Revoke ${token.name}`}>Revoke…</Button>
        <Modal opened={opened} onClose={close} title={`Revoke ${token.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
          <div className={classes.form}>
            <p className="quiet">It stops working at once, with all tokens and browser sessions that were made with it. Whoever uses it needs another one.</p>
            {revoke.error ? <Problem error={revoke.error} /> : null}
            <div className={classes.buttons}>
              <Button variant="default" onClick={close} data-autofocus>Not now</Button>
              <Button color="red.8" loading={revoke.isPending} onClick={confirm}>Revoke it</Button>
            </div>
          </div>
        </Modal>
      </td>
    </tr>
  );
}
