import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';

export function useService(service: string) {
  return useQuery({
    queryKey: keys.service(service),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/services/{service}', { params: { path: { service } }, signal })),
  });
}
