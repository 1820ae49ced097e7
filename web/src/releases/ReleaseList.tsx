import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useWhyNot } from '../access/queries';
import type { EnvironmentView, LaneView, ReleaseView } from '../api/types';
import { AskWhy } from '../parts/AskWhy';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { PromoteDialog } from '../promotions/PromoteDialog';
import { bytes, shortCommit, shortHash } from '../words/numbers';
import { useReleases, useVeto } from './queries';
import classes from './ReleaseList.module.css';

interface ReleaseListProps { service: string; environments: EnvironmentView[]; lanes: LaneView[] }

const firstShown = 10;

export function ReleaseList({ service, environments, lanes }: ReleaseListProps) {
  const releases = useReleases(service);
  const [all, setAll] = useState(false);
  const [promote, setPromote] = useState<string | null>(null);
  return (
    <Panel title="Releases" flush>
      <Asked query={releases}>
        {(data) => (data.length === 0 ? (
          <Empty title="No release yet.">
            <p>A release is a packed artifact with its definition and its commit. This makes one:</p>
            <Command line={`slipway release create ${service} --version 1.0.0 --artifact ./out --definition slipway.yaml`} />
          </Empty>
        ) : (
          <>
            <table className={table.table}>
              <thead><tr><th>Version</th><th>Commit</th><th>Made</th><th>Artifact</th><th>Runs in</th><th><span className="sr">Actions</span></th></tr></thead>
              <tbody>
                {(all ? data : data.slice(0, firstShown)).map((release) => <Row key={release.version} release={release} onPromote={() => setPromote(release.version)} />)}
              </tbody>
            </table>
            {!all && data.length > firstShown ? (
              <div className={classes.more}><Button size="xs" variant="subtle" onClick={() => setAll(true)}>Show {data.length - firstShown} older</Button></div>
            ) : null}
          </>
        ))}
      </Asked>
      {promote !== null ? (
        <PromoteDialog key={promote} opened onClose={() => setPromote(null)} service={service} environments={environments} lanes={lanes} version={promote} />
      ) : null}
    </Panel>
  );
}

function Row({ release, onPromote }: { release: ReleaseView; onPromote: () => void }) {
  const whyNot = useWhyNot('deploy');
  return (
    <tr>
      <td>
        <span className={table.main}>{release.version}</span>
        {release.veto ? <Vetoed veto={release.veto} /> : null}
        {release.notes ? <p className={classes.notes}>{release.notes}</p> : null}
      </td>
      <td data-label="Commit">{release.commit ? <code title={release.commit}>{shortCommit(release.commit)}</code> : <span className="quiet">none given</span>}</td>
      <td data-label="Made"><span><When at={release.createdAt} focusable /> <span className={table.under}>by {release.createdBy}</span></span></td>
      <td data-label="Artifact"><span><code title={release.artifactDigest}>{shortHash(release.artifactDigest)}</code> <span className={table.under}>{bytes(release.artifactBytes)}</span></span></td>
      <td data-label="Runs in">{release.runsIn.length > 0 ? <span className={classes.places}>{release.runsIn.map((place) => <span key={place} className={classes.place}>{place}</span>)}</span> : <span className="quiet">nowhere</span>}</td>
      <td className={table.tight}>
        {whyNot || release.veto ? null : (
          <div className={classes.buttons}>
            <Button size="compact-xs" variant="subtle" onClick={onPromote} aria-label={`Promote ${release.version}`}>Promote…</Button>
            <Veto release={release} />
          </div>
        )}
      </td>
    </tr>
  );
}

function Vetoed({ veto }: { veto: NonNullable<ReleaseView['veto']> }) {
  return (
    <p className={classes.vetoed} data-tone="bad">
      <Icon name="veto" size={14} /><span>Vetoed by {veto.by} <When at={veto.at} />: {veto.why}</span>
    </p>
  );
}

function Veto({ release }: { release: ReleaseView }) {
  const [opened, setOpened] = useState(false);
  const veto = useVeto(release.service, release.version);
  return (
    <>
      <Tooltip label="Never this release, anywhere">
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setOpened(true)} aria-label={`Veto ${release.version}`}>Veto…</Button>
      </Tooltip>
      <AskWhy
        opened={opened} onClose={() => setOpened(false)} title={`Veto ${release.service} ${release.version}`} deed={`Veto ${release.version}`} danger whyRequired
        pending={veto.isPending} error={veto.error} onConfirm={(why) => veto.mutate(why, { onSuccess: () => setOpened(false) })}
      >
        <p>No promotion will bring {release.version} anywhere again. Where it runs now{release.runsIn.length > 0 ? ` (${release.runsIn.join(', ')})` : ''}, it goes on until something else replaces it.</p>
      </AskWhy>
    </>
  );
}
