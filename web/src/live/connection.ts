import { useSyncExternalStore } from 'react';

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'lost'; since: number; nextTry: number | null }
  | { state: 'signedOut' };

let current: Connection = { state: 'connecting' };
const listeners = new Set<() => void>();

export const connection = {
  get: (): Connection => current,
  set(next: Connection): void {
    if (next.state === 'lost' && current.state === 'lost') next = { ...next, since: current.since };
    current = next;
    listeners.forEach((listener) => listener());
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

export const useConnection = (): Connection => useSyncExternalStore(connection.subscribe, connection.get);
