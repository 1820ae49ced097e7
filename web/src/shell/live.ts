import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isUnauthorised, isUnreachable } from '../api/problem';
import { connection } from '../live/connection';
import { EventStream } from '../live/eventStream';

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isUnauthorised(error)) connection.set({ state: 'signedOut' });
    },
  }),
  defaultOptions: {
    queries: {
      // A server on this machine answers without any network: the browser's "offline" means nothing here.
      networkMode: 'always',
      staleTime: 2000,
      retry: (count, error) => isUnreachable(error) && count < 1,
    },
    mutations: { networkMode: 'always' },
  },
});

export const eventStream = new EventStream(queries);
