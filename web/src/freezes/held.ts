import type { HoldView, LaneView, Maybe } from '../api/types';
import { brief } from '../words/brief';

/** The hold that keeps a version out of a lane: its own before one on every release. */
export const holdOn = (lane: LaneView | undefined, version: Maybe<string>): HoldView | undefined =>
  lane?.holds.find((hold) => hold.version === version) ?? lane?.holds.find((hold) => !hold.version);

/** Where the hold is told in full and can be lifted. */
export const placeOf = ({ id }: HoldView): string => `/freezes#${id}`;

/** Why, without the version that stands beside it, and in brief: of a failure, what failed. */
export function becauseOf({ version, why }: HoldView): string {
  const plain = version && why.startsWith(`${version} `) ? why.slice(version.length + 1) : why;
  return plain.startsWith(failed) ? `${failed}${brief(plain.slice(failed.length))}` : brief(plain);
}

const failed = 'failed here: ';
