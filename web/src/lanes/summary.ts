import type { LaneView, StatusView } from '../api/types';
import { promotionIsOver } from '../words/states';
import { plural } from '../words/numbers';

const lanesOf = (status: StatusView): LaneView[] => status.services.flatMap((service) => service.lanes);

export const needsSomebody = (lane: LaneView): boolean =>
  Boolean(lane.needsAttention) || lane.health === 'down' || lane.health === 'degraded' || lane.health === 'unknown'
  || lane.moving?.rollout === 'needsAttention';

const isRollout = (lane: LaneView): boolean => lane.moving?.state === 'rollingOut';

/** It goes on by a person's word alone; a pause with a time goes on by itself. */
const isPaused = (lane: LaneView): boolean => isRollout(lane) && lane.moving?.rollout === 'paused' && lane.moving.until == null;
const rollsOut = (lane: LaneView): boolean => isRollout(lane) && !isPaused(lane);
const waits = (lane: LaneView): boolean => Boolean(lane.moving && !isRollout(lane) && !promotionIsOver(lane.moving.state));

/** The board in a sentence. */
export function summary(status: StatusView): string {
  const lanes = lanesOf(status);
  const parts: [number, string][] = [
    [lanes.filter(rollsOut).length, 'rolling out'],
    [lanes.filter(isPaused).length, 'paused'],
    [lanes.filter(waits).length, 'waiting at a gate'],
    [lanes.filter(needsSomebody).length, ''],
  ];
  const said = parts.flatMap(([n, words]) => (n === 0 ? [] : [words === '' ? `${n} ${n === 1 ? 'needs' : 'need'} attention` : `${n} ${words}`]));
  const size = `${plural(status.services.length, 'service')} in ${plural(status.environments.length, 'environment')}.`;
  return said.length === 0 ? `${size} Nothing moves.` : `${size} ${said.join(', ')}.`;
}

/** Services whose name, owner or versions contain what was typed. */
export function filterServices(status: StatusView, typed: string): StatusView['services'] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return status.services;
  return status.services.filter((service) =>
    [service.service, service.owner, service.latestVersion, ...service.lanes.flatMap((lane) => [lane.version, lane.moving?.version])]
      .some((text) => text?.toLowerCase().includes(wanted)));
}
