import { Command } from '../parts/Command';
import { Panel } from '../parts/Panel';
import classes from './AddFirstService.module.css';

/** The empty board: how the first service comes onto it. */
export function AddFirstService({ environments }: { environments: string[] }) {
  const last = environments.at(-1) ?? 'prod';
  return (
    <Panel title="No service yet">
      <p className={classes.lead}>
        A service is a program that Slipway runs, and whose new versions it brings{environments.length > 0 ? ` to ${environments.join(', ')}` : ' to its environments'}. Four lines in a terminal, beside your program:
      </p>
      <ol className={classes.steps}>
        <Step number={1} title="Describe how it runs" detail="In a slipway.yaml; this prints one with every key explained, to start from.">
          <Command line="slipway docs slipway" />
        </Step>
        <Step number={2} title="Add the service" detail="The name that slipway.yaml gives it.">
          <Command line="slipway service add my-service" />
        </Step>
        <Step number={3} title="Make a release" detail="Packs the folder with your built program; it goes on by itself as far as the environments allow.">
          <Command line="slipway release create my-service --version 1.0.0 --artifact ./out --definition slipway.yaml" />
        </Step>
        <Step number={4} title={`Bring it to ${last}`} detail="And watch it arrive, here or there.">
          <Command line={`slipway promote my-service --to ${last} --watch`} />
        </Step>
      </ol>
      <p className={classes.demo}>To look around first: <code>slipway up --demo</code> brings a sample service with traffic, a good version and a bad one.</p>
    </Panel>
  );
}

function Step({ number, title, detail, children }: { number: number; title: string; detail: string; children: React.ReactNode }) {
  return (
    <li className={classes.step}>
      <span className={classes.number} aria-hidden="true">{number}</span>
      <div className={classes.words}>
        <h3>{title}</h3>
        <p className="quiet">{detail}</p>
        {children}
      </div>
    </li>
  );
}
