import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';
import type { TestOutcome } from '../api/types';

const pageOf = 200;

export type Show = 'failing' | 'flaky' | 'slowest' | 'quarantined';

/** A run's tests: what needs a person first. They come when a job ends, which has its ledger entry. */
export function useRunTests(run: string, outcome: TestOutcome | null, name: string) {
  return useInfiniteQuery({
    queryKey: keys.runTests(run, outcome, name),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => answer(api.GET('/api/v1/runs/{id}/tests', {
      params: { path: { id: run }, query: { outcome: outcome ?? undefined, name: name || undefined, after: pageParam ?? undefined, limit: pageOf } }, signal,
    })),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
}

/** A service's tests with their last runs. */
export function useServiceTests(service: string, show: Show | null, name: string) {
  return useInfiniteQuery({
    queryKey: keys.serviceTests(service, show, name),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => answer(api.GET('/api/v1/services/{service}/tests', {
      params: { path: { service }, query: { show: show ?? undefined, name: name || undefined, after: pageParam ?? undefined, limit: pageOf } }, signal,
    })),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
}

export interface NewQuarantine { name: string; owner: string; until: string; why: string }

export const useQuarantine = (service: string) => useSend(
  (test: NewQuarantine, headers) => answer(api.POST('/api/v1/services/{service}/quarantine', { params: { path: { service } }, body: test, headers })),
  () => [keys.service(service)],
);

export const useLiftQuarantine = (service: string) => useSend(
  (id: string, headers) => answer(api.DELETE('/api/v1/services/{service}/quarantine/{id}', { params: { path: { service, id } }, headers })),
  () => [keys.service(service)],
);
