import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/queries';
import type { EnvironmentView, LaneView, ReleaseView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { FirstOf } from '../parts/FirstOf';
import { Icon } from '../parts/Icon';
import { Panel } from '../parts/Panel';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { PromoteDialog } from '../promotions/PromoteDialog';
import { RollbackDialog } from '../promotions/RollbackDialog';
import { bytes, shortCommit, shortHash } from '../words/numbers';
import { type Offer, offerOf } from './offer';
import { placesOf, type ReleasePlace } from './places';
import { useInstancesOf, useReleases } from './queries';
import { ReleaseLink } from './ReleaseLink';
import classes from './ReleaseList.module.css';
import { Veto, Vetoed } from './Veto';
import { who } from '../words/who';

interface ReleaseListProps { service: string; environments: EnvironmentView[]; lanes: LaneView[] }
interface Chosen { version: string; offer: Offer }

const firstShown = 5;

export function ReleaseList({ service, environments, lanes }: ReleaseListProps) {
  const releases = useReleases(service);
  const instances = useInstancesOf(service);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const rowOf = (release: ReleaseView) => (
    <Row
      key={release.version} release={release} places={placesOf(release, lanes, instances.data ?? [])} offer={offerOf(release, environments, lanes)}
      onOffer={(offer) => setChosen({ version: release.version, offer })}
    />
  );
  const close = (): void => setChosen(null);
  return (
    <Panel title="Releases" flush>
      <Asked query={releases}>
        {(data) => (data.length === 0 ? (
          <Empty title="No release yet.">
            <p>A release is a packed artifact with its definition and its commit. This makes one:</p>
            <Command line={`slipway release create ${service} --version 1.0.0 --artifact ./out --definition slipway.yaml`} />
          </Empty>
        ) : (
          <FirstOf items={data} first={firstShown} more={(count) => `Show ${count} older`}>
            {(shown) => (
              <table className={table.table}>
                <thead><tr><th>Version</th><th>Commit</th><th>Made</th><th>Artifact</th><th>Where</th><th><span className="sr">Actions</span></th></tr></thead>
                <tbody>{shown.map(rowOf)}</tbody>
              </table>
            )}
          </FirstOf>
        ))}
      </Asked>
      {chosen?.offer.kind === 'promote' ? (
        <PromoteDialog opened onClose={close} service={service} environments={environments} lanes={lanes} environment={chosen.offer.lane.environment} version={chosen.version} />
      ) : null}
      {chosen?.offer.kind === 'rollback' ? <RollbackDialog opened onClose={close} lane={chosen.offer.lane} version={chosen.version} /> : null}
    </Panel>
  );
}

interface RowProps { release: ReleaseView; places: ReleasePlace[]; offer: Offer | null; onOffer: (offer: Offer) => void }

function Row({ release, places, offer, onOffer }: RowProps) {
  const whyNot = useWhyNot('deploy');
  return (
    <tr>
      <td>
        <ReleaseLink service={release.service} version={release.version} className={table.main} />
        {release.veto ? <Vetoed veto={release.veto} /> : null}
        {release.notes ? <p className={classes.notes}>{release.notes}</p> : null}
      </td>
      <td data-label="Commit">{release.commit ? <code title={release.commit}>{shortCommit(release.commit)}</code> : <span className="quiet">none given</span>}</td>
      <td data-label="Made"><span><When at={release.createdAt} focusable /> <span className={table.under}>by {who(release.createdBy)}</span></span></td>
      <td data-label="Artifact"><span><code title={release.artifactDigest}>{shortHash(release.artifactDigest)}</code> <span className={table.under}>{bytes(release.artifactBytes)}</span></span></td>
      <td data-label="Where"><Places places={places} /></td>
      <td className={table.tight}>
        {whyNot || release.veto ? null : (
          <div className={classes.buttons}>
            {offer ? <Offered version={release.version} offer={offer} onOffer={onOffer} /> : null}
            <Veto release={release} />
          </div>
        )}
      </td>
    </tr>
  );
}

function Places({ places }: { places: ReleasePlace[] }) {
  if (places.length === 0) return <span className="quiet">nowhere</span>;
  return <span className={classes.places}>{places.map((place, index) => <Place key={index} place={place} />)}</span>;
}

function Place({ place: { environment, word, tone, held, to } }: { place: ReleasePlace }) {
  const words = <>{held ? <Icon name="hold" size={12} /> : null}{environment}{word ? `: ${word}` : ''}</>;
  return to
    ? <Link to={to} className={classes.place} data-tone={tone}>{words}</Link>
    : <span className={classes.place} data-tone={tone}>{words}</span>;
}

function Offered({ version, offer, onOffer }: { version: string; offer: Offer; onOffer: (offer: Offer) => void }) {
  const [words, name] = offer.kind === 'promote' ? ['Promote…', `Promote ${version}`] : ['Roll back…', `Roll back to ${version}`];
  return <Button size="compact-xs" variant="subtle" onClick={() => onOffer(offer)} aria-label={name}>{words}</Button>;
}
