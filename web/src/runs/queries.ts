import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';
import { runIsOver } from '../words/states';

/** Steps begin and end without a ledger entry. */
const stepsEvery = 1000;
const listEvery = 3000;
/** A commit that makes no run writes an entry, one that is only looked at does not. */
const sourceEvery = 10_000;

export const mostRuns = 50;

/** The newest runs of a service, or of all. */
export function useRuns(service: string | null) {
  return useQuery({
    queryKey: keys.runsOf(service),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/runs', { params: { query: { service: service ?? undefined, limit: mostRuns } }, signal }))).items,
    refetchInterval: (query) => (query.state.data?.every((run) => runIsOver(run.state)) ? false : listEvery),
  });
}

export function useRun(id: string) {
  return useQuery({
    queryKey: keys.run(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data && runIsOver(query.state.data.state) ? false : stepsEvery),
  });
}

/** @param has Whether the service has a repository: where it has none there is nothing to ask for. */
export function useSource(service: string, has: boolean) {
  return useQuery({
    enabled: has,
    queryKey: keys.source(service),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/services/{service}/source', { params: { path: { service } }, signal })),
    refetchInterval: (query) => (query.state.data ? sourceEvery : false),
  });
}

export const useCancelRun = (id: string) => useSend(
  (why: string, headers) => answer(api.POST('/api/v1/runs/{id}/cancel', { params: { path: { id } }, body: why === '' ? null : { why }, headers })),
  (_, run) => [keys.run(id), keys.runsOf(null), keys.runsOf(run.service)],
);

export const useRerun = (id: string) => useSend(
  (request: { failedOnly: boolean }, headers) => answer(api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id } }, body: request, headers })),
  (_, run) => [keys.run(id), keys.runsOf(null), keys.runsOf(run.service)],
);
