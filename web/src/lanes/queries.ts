import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';
import type { LaneView, StatusView } from '../api/types';

/** Healths and weights change without a ledger entry, so the board also asks by itself. */
const boardEvery = 5000;

export function useStatus() {
  return useQuery({
    queryKey: keys.status,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/status', { signal })),
    refetchInterval: boardEvery,
  });
}

export function laneOf(status: StatusView, service: string, environment: string): LaneView | undefined {
  return status.services.find((each) => each.service === service)?.lanes.find((lane) => lane.environment === environment);
}
