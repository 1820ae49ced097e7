import { Link } from 'react-router';
import type { RunView } from '../api/types';
import table from '../parts/Table.module.css';
import classes from './TemplateUses.module.css';
import { templateUse } from './templateUse';

/** Which templates a run's pipeline came from, and why from these versions. */
export function TemplateUses({ uses }: { uses: NonNullable<RunView['templates']> }) {
  return (
    <ul className={classes.uses}>
      {uses.map(templateUse).map((use) => (
        <li key={use.key}>
          <Link to={`/templates?template=${use.template}&version=${use.version}`}>{use.name}</Link>
          <div className={table.under}>{use.reason}</div>
          {use.deprecated ? <div className={classes.deprecated}>{use.deprecated}</div> : null}
        </li>
      ))}
    </ul>
  );
}
