import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connection } from './connection';
import { EventStream, parseEntry } from './eventStream';
import { retryDelay } from './retry';

class FakeSource {
  static all: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) { FakeSource.all.push(this); }
  addEventListener(): void { /* named events are the same listener */ }
  close(): void { this.closed = true; }
}

const newest = (): FakeSource => {
  const source = FakeSource.all.at(-1);
  if (!source) throw new Error('no source was opened');
  return source;
};

describe('the event stream', () => {
  let queries: QueryClient;
  let stream: EventStream;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSource.all = [];
    vi.stubGlobal('EventSource', FakeSource);
    connection.set({ state: 'connecting' });
    queries = new QueryClient();
    stream = new EventStream(queries);
    stream.start();
  });

  afterEach(() => {
    stream.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is live once it is open', () => {
    newest().onopen?.();
    expect(connection.get()).toEqual({ state: 'live' });
  });

  it('reads the stale queries again, once for a burst', () => {
    const asked = vi.spyOn(queries, 'invalidateQueries');
    newest().onopen?.();
    for (const index of [1, 2, 3]) {
      newest().onmessage?.({ data: JSON.stringify({ index, type: 'x', promotion: 'p' }) });
    }
    vi.advanceTimersByTime(200);
    expect(asked.mock.calls.filter(([filter]) => JSON.stringify(filter?.queryKey) === '["status"]')).toHaveLength(1);
    expect(asked.mock.calls.map(([filter]) => filter?.queryKey)).toContainEqual(['rollout', 'p']);
  });

  it('says that the connection is lost only when it stays away, keeps since when, and resumes after the last entry', () => {
    newest().onopen?.();
    newest().onmessage?.({ data: JSON.stringify({ index: 41, type: 'x' }) });
    newest().onerror?.();
    expect(connection.get().state).toBe('live');
    const since = Date.now();
    for (let second = 0; second < 8; second++) {
      vi.advanceTimersByTime(1000);
      if (!newest().closed) newest().onerror?.();
    }
    const lost = connection.get();
    expect(lost.state).toBe('lost');
    if (lost.state === 'lost') expect(lost.since).toBe(since);
    expect(newest().url).toBe('/api/v1/events?after=41');

    vi.advanceTimersByTime(10_000);
    const asked = vi.spyOn(queries, 'invalidateQueries');
    newest().onopen?.();
    expect(connection.get()).toEqual({ state: 'live' });
    expect(asked).toHaveBeenCalledWith();
  });

  it('waits longer from try to try, up to ten seconds', () => {
    expect([0, 1, 2, 3, 4, 50].map(retryDelay)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('takes no notice of what is not an entry', () => {
    expect(parseEntry('not json')).toBeNull();
    expect(parseEntry('[]')).toBeNull();
    expect(parseEntry('{"index":1,"type":"x"}')).toMatchObject({ index: 1 });
  });
});
