import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';
import { problemFrom } from '../api/problem';
import { useSend } from '../api/send';
import type { RolloutAction, RolloutState } from '../api/types';
import { rolloutIsOver } from '../words/states';

/** Rates change every second while there is traffic to judge. */
const ratesEvery = 1000;
const restingEvery = 5000;

const pace = (state: RolloutState | undefined): number | false =>
  state === undefined ? ratesEvery : rolloutIsOver(state) ? false : state === 'needsAttention' ? restingEvery : ratesEvery;

export function useRollout(id: string) {
  return useQuery({
    queryKey: keys.rollout(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/rollouts/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => pace(query.state.data?.state),
  });
}

/** @param ring Null: the one that was judged last. */
export function useAnalysis(id: string, ring: string | null, state: RolloutState) {
  return useQuery({
    queryKey: keys.analysisOf(id, ring),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/rollouts/{id}/analysis', { params: { path: { id }, query: ring === null ? {} : { ring } }, signal })),
    refetchInterval: pace(state),
  });
}

export const useActOnRollout = (id: string) => useSend(
  ({ action, why, step }: { action: RolloutAction | 'approve'; why: string; step: string | undefined }, headers) => {
    const given = why === '' ? undefined : why;
    return action === 'approve'
      ? answer(api.POST('/api/v1/rollouts/{id}/approvals', { params: { path: { id } }, body: given === undefined ? undefined : { why: given }, headers }))
      : answer(api.POST('/api/v1/rollouts/{id}/actions', { params: { path: { id } }, body: { action, why: given, step }, headers }));
  },
  () => [keys.rollout(id), keys.promotion(id), keys.status, keys.ledgerOfPromotion(id)],
);

const logLines = 400;

export function useInstanceLog(agent: string, id: string) {
  return useQuery({
    queryKey: keys.instanceLog(agent, id),
    refetchInterval: 2000,
    queryFn: async ({ signal }) => {
      const { data, error, response } = await api.GET('/api/v1/instances/{id}/logs', {
        params: { path: { id }, query: { agent, tail: logLines } }, parseAs: 'text', signal,
      });
      if (!response.ok) throw problemFrom(response.status, error);
      return String(data ?? '');
    },
  });
}

export function useScriptLog(id: string, script: { verification?: string; hook?: string; point?: string; step?: string }, goesOn: boolean) {
  return useQuery({
    queryKey: keys.scriptLog(id, script.verification ?? null, script.hook ?? null, script.point ?? null, script.step ?? null),
    refetchInterval: goesOn ? 1000 : false,
    queryFn: async ({ signal }) => {
      const { data, error, response } = await api.GET('/api/v1/rollouts/{id}/logs', { params: { path: { id }, query: script }, parseAs: 'text', signal });
      if (!response.ok) throw problemFrom(response.status, error);
      return String(data ?? '');
    },
  });
}
