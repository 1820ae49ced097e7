import type { LaneView, Maybe, ReleaseView } from '../api/types';
import { holdOn } from '../freezes/held';

const heldByName = (lane: LaneView | undefined, version: string): boolean => holdOn(lane, version)?.version === version;

/** The newest release that can be meant: newer than what runs there, neither vetoed nor held. Null: a person has to choose. */
export function releaseToPromote(releases: ReleaseView[], lane: LaneView | undefined): string | null {
  const running = releases.findIndex((each) => each.version === lane?.version);
  const newer = running < 0 ? releases : releases.slice(0, running);
  return newer.find((each) => !each.veto && !heldByName(lane, each.version))?.version ?? null;
}

/** The newest version to go back to that nobody spoke against; else the newest that is only held: a rollback goes past a hold. */
export function versionToGoBackTo(lane: LaneView, isVetoed: (version: string) => boolean): Maybe<string> {
  const possible = lane.rollbackTo.filter((version) => !isVetoed(version));
  return possible.find((version) => !heldByName(lane, version)) ?? possible[0];
}
