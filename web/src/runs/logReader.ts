import { api } from '../api/client';
import { isNotFound, isUnreachable, problemFrom } from '../api/problem';
import { LogLines } from './logLines';

/** While a job runs, this much after one reading the next. */
const readEvery = 1000;
/** A long log comes in many pieces; the page is drawn again at most this often. */
const tellEvery = 150;

export interface Reading {
  /** Changes whenever there is more to show. */
  version: number;
  state: 'first' | 'some' | 'none';
  error: unknown;
}

/** An answer's body from a byte on, and at which byte it really begins; null: there is nothing beyond it yet. */
export type ReadFrom = (byte: number, signal: AbortSignal) => Promise<{ begins: number; body: ReadableStream<Uint8Array> } | null>;

/** Asks only for what is not here yet; a server that knows no ranges answers with the whole, from byte 0. */
export const logOf = (run: string, job: string, attempt: number): ReadFrom => async (byte, signal) => {
  const { error, response } = await api.GET('/api/v1/runs/{id}/jobs/{job}/log', {
    params: { path: { id: run, job }, query: { attempt } }, parseAs: 'stream', signal, headers: byte > 0 ? { Range: `bytes=${byte}-` } : {},
  });
  if (response.status === 416) return null;
  if (!response.ok) throw problemFrom(response.status, error);
  return response.body ? { begins: response.status === 206 ? byte : 0, body: response.body } : null;
};

/** Reads a log from its beginning to where it is, and on while the job runs. */
export class LogReader {
  readonly lines = new LogLines();
  private reading: Reading = { version: 0, state: 'first', error: null };
  private readonly listeners = new Set<() => void>();
  private readonly decoder = new TextDecoder();
  private readonly stopped = new AbortController();
  private bytes = 0;
  private goesOn = true;
  private begun = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private teller: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly readFrom: ReadFrom) {}

  get = (): Reading => this.reading;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Whether more may come; once it may not, what there is is read a last time. */
  follow(goesOn: boolean): void {
    const ended = this.goesOn && !goesOn;
    this.goesOn = goesOn;
    if (!this.begun || (ended && this.timer !== undefined)) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.begun = true;
      void this.turn();
    }
  }

  stop(): void {
    this.stopped.abort();
    clearTimeout(this.timer);
    clearTimeout(this.teller);
  }

  retry = (): void => {
    this.tell({ error: null });
    void this.turn();
  };

  private async turn(): Promise<void> {
    const last = !this.goesOn;
    try {
      await this.read();
      if (last) this.lines.end();
      this.tell({ state: 'some', error: null });
    } catch (error) {
      if (this.stopped.signal.aborted) return;
      if (isNotFound(error)) this.tell({ state: 'none', error: null });
      // The banner says that the server is away; what was read stays.
      else if (isUnreachable(error) && this.reading.state === 'some') this.tell({});
      else return this.tell({ error });
      if (last && isNotFound(error)) return;
      return this.again();
    }
    if (!last) this.again();
  }

  private again(): void {
    if (this.stopped.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.turn();
    }, readEvery);
  }

  private async read(): Promise<void> {
    const answer = await this.readFrom(this.bytes, this.stopped.signal);
    if (!answer) return;
    let known = this.bytes - answer.begins;
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const fresh = known === 0 ? value : value.subarray(Math.min(known, value.length));
      known -= value.length - fresh.length;
      this.bytes += fresh.length;
      this.lines.append(this.decoder.decode(fresh, { stream: true }));
      this.teller ??= setTimeout(() => this.tell({ state: 'some' }), tellEvery);
    }
  }

  private tell(change: Partial<Reading>): void {
    clearTimeout(this.teller);
    this.teller = undefined;
    this.reading = { ...this.reading, ...change, version: this.reading.version + 1 };
    this.listeners.forEach((listener) => listener());
  }
}
