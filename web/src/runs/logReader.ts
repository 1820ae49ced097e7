import { ApiProblem, isNotFound, Unreachable } from '../api/problem';
import { patienceMilliseconds, retryDelay } from '../live/retry';
import { ServerSentEvents } from '../live/serverSentEvents';
import { LogLines } from './logLines';
import type { LogSource } from './logSource';

/** A long log comes in many pieces; the page is drawn again at most this often. */
const tellEvery = 100;
/** What is read before it is drawn; the rest waits at the server. */
const mostUndrawn = 1024 * 1024;
/** The server says at least each 15 s that it is there: a stream that is silent for longer than this is dead. */
const longestSilence = 45_000;

/** The log goes on, and its lines do not come as they are written. */
export interface Lost {
  since: number;
  /** Null: it is tried now. */
  nextTry: number | null;
  /** The server's own words, where it answers; its log is read from time to time then. */
  why: string | null;
}

export interface Reading {
  /** Changes whenever there is more to show. */
  version: number;
  state: 'first' | 'some' | 'none';
  /** Why there is no log, in the server's words. */
  whyNone: string | null;
  error: unknown;
  lost: Lost | null;
}

/** The connection was cut in the middle. */
class Cut extends Error {}

const isFaultOfServer = (error: unknown): boolean => error instanceof ApiProblem && error.status >= 500;

/** Reads a log from its beginning to where it is, and on while the job runs: as a stream then, else at once to its end. */
export class LogReader {
  readonly lines = new LogLines();
  private reading: Reading = { version: 0, state: 'first', whyNone: null, error: null, lost: null };
  private readonly listeners = new Set<() => void>();
  private goesOn = true;
  private begun = false;
  private stopped = false;
  private hidden = false;
  private decoder = new TextDecoder();
  /** So many bytes are read; so many of them are whole lines. */
  private bytes = 0;
  private wholeBytes = 0;
  private undrawn = 0;
  private lostSince: number | null = null;
  private connected = new AbortController();
  private wake: (() => void) | null = null;
  private drawn: Promise<void> = Promise.resolve();
  private teller: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly source: LogSource) {}

  get = (): Reading => this.reading;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Whether more may come; once it may not, it never will again, and what is left is read. */
  follow(goesOn: boolean): void {
    this.goesOn = goesOn;
    if (!this.begun) this.retry();
    // A stream that is open brings the rest, and then its end.
    else if (!goesOn) this.wake?.();
  }

  /** A page that nobody sees holds no connection: a browser has only a few for each server. */
  show(isShown: boolean): void {
    this.hidden = !isShown;
    if (this.hidden && this.goesOn) this.connected.abort(new Cut());
    else this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.connected.abort();
    this.wake?.();
    clearTimeout(this.teller);
  }

  retry = (): void => {
    if (this.begun && this.reading.error === null) return this.wake?.();
    this.begun = true;
    this.tell({ error: null });
    void this.readAll();
  };

  private async readAll(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      if (this.hidden && this.goesOn) {
        await this.pause(null);
        continue;
      }
      const isLast = !this.goesOn;
      const before = this.wholeBytes;
      try {
        this.connected = new AbortController();
        if (isLast) await this.readText();
        else await this.readEvents();
        this.lines.end();
        this.lostSince = null;
        return this.tell({ state: 'some', error: null, lost: null });
      } catch (error) {
        if (this.stopped) return;
        if (this.hidden && !isLast) continue;
        if (isNotFound(error)) this.tell({ state: 'none', whyNone: (error as ApiProblem).message, error: null, lost: null });
        else if (!this.isPassing(error)) return this.tell({ error, lost: null });
        if (isLast && isNotFound(error)) return;
        // A job that has ended meanwhile has the rest of its log at the server, without a stream.
        if (!isLast && !this.goesOn) continue;
        failures = this.wholeBytes > before ? 1 : failures + 1;
        await this.tryLater(retryDelay(failures - 1), isNotFound(error) ? null : error);
      }
    }
  }

  /** A fault that time mends; what was read stays. */
  private isPassing(error: unknown): boolean {
    return error instanceof Cut || isFaultOfServer(error) || (error instanceof Unreachable && this.reading.state !== 'first');
  }

  private async tryLater(delay: number, error: unknown): Promise<void> {
    if (error === null) return this.pause(delay);
    const why = error instanceof ApiProblem ? error.message : null;
    this.lostSince ??= Date.now();
    const patience = this.lostSince + patienceMilliseconds - Date.now();
    const lost = { since: this.lostSince, nextTry: Date.now() + delay, why };
    if (this.reading.lost || patience <= 0 || why !== null) this.tell({ lost });
    await this.pause(delay);
    if (this.reading.lost && !this.stopped) this.tell({ lost: { ...lost, nextTry: null } });
  }

  /** Until the time is over, or somebody wakes it. */
  private async pause(delay: number | null): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (delay !== null) timer = setTimeout(resolve, delay);
    });
    clearTimeout(timer);
    this.wake = null;
  }

  /** Ends well only with the event that says so. */
  private async readEvents(): Promise<void> {
    this.goBackToWholeLines();
    let body;
    try {
      body = await this.source.events(this.bytes, this.connected.signal);
    } catch (error) {
      // A server that answers has the log, though no place for one stream more.
      if (isFaultOfServer(error)) await this.readText();
      throw error;
    }
    const events = new ServerSentEvents();
    for await (const piece of this.piecesOf(body)) {
      this.lostSince = null;
      if (this.reading.lost) this.tell({ lost: null });
      let text = '';
      for (const { type, id, data } of events.read(this.decoder.decode(piece, { stream: true }))) {
        if (type === 'end') return this.add(text);
        const behind = Number(id);
        if (!(behind > this.bytes)) continue;
        this.bytes = behind;
        this.wholeBytes = behind;
        // Lines of an event stand for carriage returns within the log's line.
        text += `${data.replaceAll('\n', '\r')}\n`;
      }
      this.add(text);
    }
    throw new Cut();
  }

  private async readText(): Promise<void> {
    this.goBackToWholeLines();
    const answer = await this.source.text(this.bytes, this.connected.signal);
    if (!answer) return;
    let known = this.bytes - answer.begins;
    for await (const piece of this.piecesOf(answer.body)) {
      const fresh = known === 0 ? piece : piece.subarray(Math.min(known, piece.length));
      known -= piece.length - fresh.length;
      const newline = fresh.lastIndexOf(10);
      if (newline >= 0) this.wholeBytes = this.bytes + newline + 1;
      this.bytes += fresh.length;
      this.add(this.decoder.decode(fresh, { stream: true }));
    }
  }

  /** What comes next begins with a line. */
  private goBackToWholeLines(): void {
    this.bytes = this.wholeBytes;
    this.lines.dropRest();
    this.decoder = new TextDecoder();
  }

  /** Reads no faster than the page can draw, and takes silence for an end. */
  private async* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const connected = this.connected;
    const reader = body.getReader();
    let silence: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        silence = setTimeout(() => connected.abort(), longestSilence);
        const { done, value } = await reader.read().catch((cause: unknown) => { throw new Cut('The connection broke.', { cause }); });
        clearTimeout(silence);
        if (done) return;
        yield value;
        if (this.undrawn > mostUndrawn) await this.drawn;
      }
    } finally {
      clearTimeout(silence);
      connected.abort();
    }
  }

  private add(text: string): void {
    this.lines.append(text);
    this.undrawn += text.length;
    if (this.teller !== undefined) return;
    this.drawn = new Promise((resolve) => {
      this.teller = setTimeout(() => {
        this.tell({ state: 'some', error: null });
        resolve();
      }, tellEvery);
    });
  }

  private tell(change: Partial<Reading>): void {
    if (change.state !== undefined) {
      clearTimeout(this.teller);
      this.teller = undefined;
      this.undrawn = 0;
    }
    this.reading = { ...this.reading, ...change, version: this.reading.version + 1 };
    this.listeners.forEach((listener) => listener());
  }
}
