import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { distinct, staleAfter } from '../api/keys';
import type { LedgerEntry } from '../api/types';
import { connection } from './connection';
import { patienceMilliseconds, retryDelay } from './retry';

/** A burst of entries within this time asks for one reading of each query. */
const gatherMilliseconds = 150;

export function parseEntry(data: string): LedgerEntry | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'index' in value && 'type' in value ? (value as LedgerEntry) : null;
  } catch {
    return null;
  }
}

/**
 * The one live connection of the page: ledger entries come in, the queries that they make stale are read again.
 * What was missed while it was away is made up by reading everything again.
 */
export class EventStream {
  private source: EventSource | null = null;
  private attempt = 0;
  private wasLost = false;
  private last: number | null = null;
  private gathered: QueryKey[] = [];
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly queries: QueryClient) {}

  start(): void {
    this.close();
    const source = new EventSource(this.last === null ? '/api/v1/events' : `/api/v1/events?after=${this.last}`);
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed();
    const heard = (event: MessageEvent<string>): void => this.heard(event.data);
    source.onmessage = heard;
    source.addEventListener('entry', heard);
  }

  stop(): void {
    this.close();
    clearTimeout(this.gatherTimer);
  }

  retryNow = (): void => {
    this.start();
    void this.queries.invalidateQueries();
  };

  private close(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  private opened(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
    this.attempt = 0;
    connection.set({ state: 'live' });
    if (this.wasLost) void this.queries.invalidateQueries();
    this.wasLost = false;
  }

  private failed(): void {
    // Ours rather than the browser's own reconnecting: that one gives up for good on any answer but 200.
    this.source?.close();
    const delay = retryDelay(this.attempt++);
    const nextTry = Date.now() + delay;
    this.wasLost = true;
    if (connection.get().state === 'lost') connection.set({ state: 'lost', since: Date.now(), nextTry });
    else if (connection.get().state !== 'signedOut') {
      const since = Date.now();
      this.patience ??= setTimeout(() => connection.set({ state: 'lost', since, nextTry: null }), patienceMilliseconds);
    }
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.again(), delay);
  }

  private again(): void {
    if (connection.get().state === 'signedOut') return;
    const patience = this.patience;
    this.patience = undefined;
    this.start();
    this.patience = patience;
    if (connection.get().state === 'lost') connection.set({ state: 'lost', since: Date.now(), nextTry: null });
  }

  private heard(data: string): void {
    const entry = parseEntry(data);
    if (entry === null) return;
    this.last = entry.index;
    this.gathered.push(...staleAfter(entry));
    this.gatherTimer ??= setTimeout(() => {
      this.gatherTimer = undefined;
      const stale = distinct(this.gathered);
      this.gathered = [];
      for (const queryKey of stale) void this.queries.invalidateQueries({ queryKey });
    }, gatherMilliseconds);
  }
}
