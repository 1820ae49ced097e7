import { Link } from 'react-router';
import { Page } from '../parts/Page';

/** `what` and `children` when the path is known and what it names is not there. */
export function NotFound({ what = 'There is no such page', children }: { what?: string; children?: React.ReactNode }) {
  return (
    <Page title="Not found" heading={what}>
      {children ?? <p>The address may be mistyped. <Link to="/">The board</Link> shows all services.</p>}
    </Page>
  );
}
