import type { UseQueryResult } from '@tanstack/react-query';
import { Loading } from './Loading';
import { Problem } from './Problem';

/**
 * What a query has: its data, kept on the page while a newer reading fails (the banner says so); the error when there
 * never was any; grey lines before the first answer.
 */
export function Asked<T>({ query, lines, children }: { query: UseQueryResult<T>; lines?: number; children: (data: T) => React.ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading lines={lines} />;
}
