import { Select } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import type { AnalysisView, RolloutView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Loading } from '../parts/Loading';
import { Panel } from '../parts/Panel';
import classes from './Evidence.module.css';
import { neverBeside } from './history';
import { Judgement } from './Judgement';
import { useAnalysis } from './queries';
import { Rates } from './Rates';

/** What few look at, and only after the rest: it comes when the page stands. */
const Histories = lazy(async () => ({ default: (await import('./Histories')).Histories }));

/** What the judge says, what was counted, and how the one came of the other; of a rollout by rings, in one of them. */
export function Evidence({ rollout }: { rollout: RolloutView }) {
  const [search, setSearch] = useSearchParams();
  const names = rollout.rings?.map((ring) => ring.name) ?? [];
  const chosen = names.find((name) => name === search.get('ring')) ?? null;
  const analysis = useAnalysis(rollout.id, chosen, rollout.state);
  const ring = rollout.rings?.find((each) => each.name === (chosen ?? analysis.data?.ring));
  const isIn = ring ? `, in ${ring.name}` : '';
  return (
    <>
      {names.length > 1 ? (
        <Select
          size="xs" label="Judged in" className={classes.choice} data={names} value={ring?.name ?? null} placeholder="All together" allowDeselect={false}
          onChange={(name) => setSearch(name ? { ring: name } : {}, { replace: true })}
        />
      ) : null}
      <Judgement rollout={rollout} analysis={chosen === null ? rollout.analysis : analysis.data?.latest} ring={ring} />
      {rollout.worker ? null : <Panel title="Rates of both versions" aside={rollout.steps.some((step) => step.kind === 'watch' && step.state === 'current') ? `${rollout.fromVersion ?? 'the old one'} as it was before 100 %` : `as the router counts them${isIn}`}>
        <Asked query={analysis} lines={6}>{(data) => <Rates rollout={rollout} ring={ring} points={data.points} unit={data.unit} failedAt={failedAt(data)} />}</Asked>
      </Panel>}
      {analysis.data && analysis.data.checks.length > 0 ? (
        <Panel title="How the judge came to it" aside={`${stretchOf(analysis.data, rollout.worker)}${isIn}`}>
          <Suspense fallback={<Loading lines={8} />}><Histories rollout={rollout} analysis={analysis.data} /></Suspense>
        </Panel>
      ) : null}
    </>
  );
}

const failedAt = ({ latest }: AnalysisView): string | null => (latest?.verdict === 'failed' ? latest.decidedAt ?? null : null);

/** The time that the judge compared in. */
function stretchOf({ checks, fullAt }: AnalysisView, worker: boolean | undefined): string {
  const beside = checks.every((check) => neverBeside(check, fullAt)) ? null : `while both versions had ${worker ? 'instances' : 'traffic'}`;
  const after = checks.some((check) => check.watch || neverBeside(check, fullAt)) ? 'after 100 %' : null;
  return [beside, after].filter((each) => each !== null).join(', and ');
}
