import type { EnvironmentView, HoldView, LaneView, Maybe, ReleaseView } from '../api/types';
import { holdOn } from '../freezes/held';

const holdByName = (lane: LaneView | undefined, version: string): HoldView | undefined => {
  const hold = holdOn(lane, version);
  return hold?.version === version ? hold : undefined;
};

const heldByName = (lane: LaneView | undefined, version: string): boolean => holdByName(lane, version) !== undefined;

/** The lanes that a release has to be well in before it comes to this one, the first ones first. */
function lanesBefore(environment: string, environments: EnvironmentView[], lanes: LaneView[]): LaneView[] {
  const names = new Set<string>();
  const add = (name: string): void => environments.find((each) => each.name === name)?.after.filter((each) => !names.has(each)).forEach((each) => { names.add(each); add(each); });
  add(environment);
  return environments.filter(({ name }) => names.has(name)).flatMap(({ name }) => lanes.filter((each) => each.environment === name));
}

/** Where a release is held on its way to an environment: it failed there or was taken back, and comes no further. */
export function heldBefore(version: string, environment: string, environments: EnvironmentView[], lanes: LaneView[]): { environment: string; hold: HoldView } | undefined {
  return lanesBefore(environment, environments, lanes).flatMap((lane) => {
    const hold = holdByName(lane, version);
    return hold ? [{ environment: lane.environment, hold }] : [];
  })[0];
}

/** The newest release that can be meant: newer than what runs there, neither vetoed nor held, there or before. Null: a person has to choose. */
export function releaseToPromote(releases: ReleaseView[], environment: string, environments: EnvironmentView[], lanes: LaneView[]): string | null {
  const lane = lanes.find((each) => each.environment === environment);
  const running = releases.findIndex((each) => each.version === lane?.version);
  const newer = running < 0 ? releases : releases.slice(0, running);
  return newer.find(({ version, veto }) => !veto && !heldByName(lane, version) && !heldBefore(version, environment, environments, lanes))?.version ?? null;
}

/** The newest version to go back to that nobody spoke against; else the newest that is only held: a rollback goes past a hold. */
export function versionToGoBackTo(lane: LaneView, isVetoed: (version: string) => boolean): Maybe<string> {
  const possible = lane.rollbackTo.filter((version) => !isVetoed(version));
  return possible.find((version) => !heldByName(lane, version)) ?? possible[0];
}
