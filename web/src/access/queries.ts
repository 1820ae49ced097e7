import { useQuery } from '@tanstack/react-query';
import { allPages, answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';

export function useWhoAmI() {
  return useQuery({
    queryKey: keys.whoAmI,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/whoami', { signal })),
    staleTime: 60_000,
  });
}

/** Null as long as it is not known; then why the asking identity may not, or "" when it may. */
export function useWhyNot(permission: 'deploy' | 'approve' | 'override' | 'editPolicy' | 'manageAgents'): string | null {
  const { data } = useWhoAmI();
  if (!data) return null;
  return data.permissions.includes(permission) ? '' : `Your identity ${data.identity} has no role that may do this.`;
}

export function useTokens() {
  return useQuery({
    queryKey: keys.tokens,
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/tokens', { params: { query: { after } }, signal }))),
  });
}

export function useAgents() {
  return useQuery({
    queryKey: keys.agents,
    queryFn: ({ signal }) => allPages((after) => answer(api.GET('/api/v1/agents', { params: { query: { after } }, signal }))),
    refetchInterval: 5000,
  });
}

export interface NewToken { name: string; identity: string | null; role: string | null; expires: string }

export const useCreateToken = () => useSend(
  (token: NewToken, headers) => answer(api.POST('/api/v1/tokens', { body: token, headers })),
  () => [keys.tokens],
);

export const useRevokeToken = () => useSend(
  (id: string, headers) => answer(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } }, headers })),
  () => [keys.tokens],
);
