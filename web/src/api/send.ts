import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useRef } from 'react';
import { Unreachable } from './problem';

/** Random hex; `crypto.randomUUID` is missing where the page is served without TLS to another host. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * A change that is safe to send again: the same request keeps its idempotency key until it has been answered,
 * so a second try after a lost answer does not do it twice.
 */
export function useSend<Request, Answer>(
  send: (request: Request, headers: { 'Idempotency-Key': string }) => Promise<Answer>,
  changes: (request: Request, answer: Answer) => QueryKey[],
) {
  const queries = useQueryClient();
  const pending = useRef<{ request: string; key: string } | null>(null);
  return useMutation<Answer, Error, Request>({
    mutationFn: (request) => {
      const text = JSON.stringify(request);
      if (pending.current?.request !== text) pending.current = { request: text, key: newKey() };
      return send(request, { 'Idempotency-Key': pending.current.key });
    },
    retry: (count, error) => error instanceof Unreachable && count < 2,
    retryDelay: (count) => 500 * (count + 1),
    onSuccess: async (answer, request) => {
      pending.current = null;
      await Promise.all(changes(request, answer).map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      if (!(error instanceof Unreachable)) pending.current = null;
    },
  });
}
