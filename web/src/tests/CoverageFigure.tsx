import { useState } from 'react';
import type { CoverageView } from '../api/types';
import { Mark } from '../parts/Mark';
import { count, percent, plural } from '../words/numbers';
import classes from './Tests.module.css';
import { coverageWords } from './words';

/** How much of the code the tests ran, and how that has changed; its packages unfold. */
export function CoverageFigure({ coverage }: { coverage: CoverageView }) {
  const [open, setOpen] = useState(false);
  const { figure, change, tone } = coverageWords(coverage);
  return (
    <div>
      <p className={classes.coverage}>
        Coverage <strong>{figure}</strong> <span className="quiet">of {plural(coverage.valid, 'line')}</span>
        {change ? <span className={classes.change} data-tone={tone}><Mark tone={tone} /> {change}</span> : null}
        {coverage.packages.length > 1 ? <button type="button" className={classes.tool} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Fold packages' : plural(coverage.packages.length + coverage.packagesLeft, 'package')}</button> : null}
      </p>
      {open ? (
        <ul className={classes.packages} aria-label="Coverage by package">
          {coverage.packages.map((each) => (
            <li key={each.name}>
              <span className={classes.package}>{each.name}</span>
              <meter min={0} max={each.valid} value={each.covered} aria-hidden="true" />
              <span className={classes.took}>{percent(each.covered, each.valid) ?? '–'} <span className="quiet">of {count(each.valid)}</span></span>
            </li>
          ))}
          {coverage.packagesLeft > 0 ? <li className="quiet">{plural(coverage.packagesLeft, 'more package')}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
