import { useQuery } from '@tanstack/react-query';
import { allPages, answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';

export function useFreezes() {
  return useQuery({
    queryKey: keys.freezes,
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/freezes', { params: { query: { after } }, signal }))),
  });
}

export function useHolds() {
  return useQuery({
    queryKey: keys.holds,
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/holds', { params: { query: { after } }, signal }))),
  });
}

export interface NewFreeze { environment: string; from: string; until: string; why: string }

export const useAddFreeze = () => useSend(
  (freeze: NewFreeze, headers) => answer(api.POST('/api/v1/freezes', { body: freeze, headers })),
  () => [keys.freezes, keys.status, ['promotion']],
);

export const useLiftFreeze = () => useSend(
  (id: string, headers) => answer(api.DELETE('/api/v1/freezes/{id}', { params: { path: { id } }, headers })),
  () => [keys.freezes, keys.status, ['promotion']],
);

export interface NewHold { service: string; environment: string; version: string | null; why: string }

export const useAddHold = () => useSend(
  (hold: NewHold, headers) => answer(api.POST('/api/v1/holds', { body: hold, headers })),
  () => [keys.holds, keys.status, ['promotion']],
);

export const useLiftHold = () => useSend(
  (id: string, headers) => answer(api.DELETE('/api/v1/holds/{id}', { params: { path: { id } }, headers })),
  () => [keys.holds, keys.status, ['promotion']],
);
