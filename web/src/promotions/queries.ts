import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';
import { useSend } from '../api/send';
import { promotionIsOver } from '../words/states';

/** Gates open by time (soak, the end of a freeze) without an entry of their own that names this promotion. */
const waitingEvery = 5000;

export function usePromotion(id: string) {
  return useQuery({
    queryKey: keys.promotion(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/promotions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data && promotionIsOver(query.state.data.state) ? false : waitingEvery),
  });
}

export const mostPromotions = 20;

/** The last promotions of a service, newest first. */
export function usePromotionsOf(service: string) {
  return useQuery({
    queryKey: keys.promotionsOf(service),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/v1/promotions', { params: { query: { service, limit: mostPromotions } }, signal }))).items,
  });
}

export interface Promote { service: string; environment: string; version: string; why: string }

export const useStartPromotion = () => useSend(
  ({ why, ...request }: Promote, headers) =>
    answer(api.POST('/api/v1/promotions', { body: { ...request, why: why === '' ? null : why }, headers })),
  (request) => [keys.status, keys.promotionsOf(request.service)],
);

export interface RollBack { service: string; environment: string; to: string; why: string }

export const useStartRollback = () => useSend(
  ({ why, ...request }: RollBack, headers) =>
    answer(api.POST('/api/v1/rollbacks', { body: { ...request, why: why === '' ? null : why }, headers })),
  (request) => [keys.status, keys.promotionsOf(request.service), keys.holds],
);

export interface Decide { decision: 'approve' | 'reject'; why: string; inputsHash: string }

export const useDecide = (id: string) => useSend(
  ({ decision, why, inputsHash }: Decide, headers) => answer(api.POST('/api/v1/promotions/{id}/approvals', {
    params: { path: { id } }, body: { decision, inputsHash, why: why === '' ? null : why }, headers,
  })),
  () => [keys.promotion(id), keys.status, keys.ledgerOfPromotion(id)],
);

export const useCancel = (id: string) => useSend(
  (why: string, headers) => answer(api.POST('/api/v1/promotions/{id}/cancel', { params: { path: { id } }, body: { why }, headers })),
  () => [keys.promotion(id), keys.status, keys.ledgerOfPromotion(id)],
);
