import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';

/** No ledger entry tells of it. */
const readAgainAfter = 60_000;

export function useService(service: string) {
  return useQuery({
    queryKey: keys.service(service),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/services/{service}', { params: { path: { service } }, signal })),
  });
}

export function useJudge(service: string) {
  return useQuery({
    queryKey: keys.judge(service),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/services/{service}/judge', { params: { path: { service } }, signal })),
    refetchInterval: readAgainAfter,
  });
}
