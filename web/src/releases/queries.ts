import { useQuery } from '@tanstack/react-query';
import { allPages, answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';
import { isUnderWay } from './journey';

/** The newest releases; older ones are reached by the command line. */
const most = 200;

export function useReleases(service: string) {
  return useQuery({
    queryKey: keys.releases(service),
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/services/{service}/releases', {
      params: { path: { service }, query: { after, limit: 100 } }, signal,
    })), most),
  });
}

/** Gates open by time, and weights change, without a ledger entry. */
const movingEvery = 5000;

/** A release from its commit to the environments. */
export function useJourney(service: string, version: string) {
  return useQuery({
    queryKey: keys.journey(service, version),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/services/{service}/releases/{version}/journey', { params: { path: { service, version } }, signal })),
    refetchInterval: (query) => (query.state.data?.passages.some(isUnderWay) ? movingEvery : false),
  });
}

export function useVeto(service: string, version: string) {
  return useSend(
    (why: string, headers) => answer(api.POST('/api/v1/services/{service}/releases/{version}/veto', {
      params: { path: { service, version } }, body: { why }, headers,
    })),
    () => [keys.releases(service), keys.status],
  );
}

/** Instances come and go without a ledger entry. */
const instancesEvery = 10_000;

export function useInstancesOf(service: string) {
  return useQuery({
    queryKey: keys.instancesOf(service),
    refetchInterval: instancesEvery,
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/instances', { params: { query: { service, after } }, signal }))),
  });
}
