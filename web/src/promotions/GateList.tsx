import { Link } from 'react-router';
import type { GateView } from '../api/types';
import { StateText } from '../parts/Mark';
import { Countdown } from '../parts/When';
import { sentence } from '../words/sentence';
import { gateNow, gateTitle } from '../words/states';
import classes from './GateList.module.css';

export function GateList({ gates, over }: { gates: GateView[]; over: boolean }) {
  if (gates.length === 0) return <p className="quiet">None: nothing stands before this environment.</p>;
  return (
    <ol className={classes.gates}>
      {gates.map((gate) => <Gate key={gate.name} gate={gate} over={over} />)}
    </ol>
  );
}

/** What the page of freezes and holds lists. */
const liftable: ReadonlySet<string> = new Set(['hold', 'freeze']);

function Gate({ gate, over }: { gate: GateView; over: boolean }) {
  const state = gateNow(gate.state, over);
  return (
    <li className={classes.gate} data-tone={state.tone}>
      <span className={classes.post} aria-hidden="true" />
      <div className={classes.words}>
        <div className={classes.head}>
          <h3>{gateTitle(gate.name)}</h3>
          <StateText state={state} />
        </div>
        <p className={classes.why}>{over && gate.state === 'waiting' ? `Its last answer: ${gate.why}` : sentence(gate.why)}</p>
        {!over && gate.state !== 'open' && (gate.until || gate.openedBy) ? (
          <p className={classes.how}>
            {gate.until ? <Countdown until={gate.until} before="asked again in " /> : null}
            {gate.openedBy ? <span>To open it: {gate.openedBy}{liftable.has(gate.name) && gate.state === 'waiting' ? <>, or <Link to="/freezes">lift it here</Link></> : null}</span> : null}
          </p>
        ) : null}
      </div>
    </li>
  );
}
