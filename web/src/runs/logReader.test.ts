import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, Unreachable } from '../api/problem';
import { LogReader } from './logReader';
import type { LogSource } from './logSource';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new ReadableStream({
  start(controller) {
    controller.enqueue(bytes);
    controller.close();
  },
});

/** A log on a server: it grows, and it is asked for what comes after some byte. */
class FakeLog implements LogSource {
  written = '';
  /** By which way, and from which byte. */
  asked: string[] = [];
  fault: Error | null = null;
  noStreams: Error | null = null;
  ranges = true;
  pulled = 0;
  private open: { controller: ReadableStreamDefaultController<Uint8Array>; at: number; isOpen: boolean } | null = null;

  text = async (byte: number) => {
    this.asked.push(`text ${byte}`);
    if (this.fault) throw this.fault;
    const bytes = bytesOf(this.written);
    if (byte >= bytes.length && byte > 0) return null;
    return this.ranges ? { begins: byte, body: streamOf(bytes.slice(byte)) } : { begins: 0, body: streamOf(bytes) };
  };

  events = async (byte: number, signal: AbortSignal) => {
    this.asked.push(`events ${byte}`);
    const fault = this.fault ?? this.noStreams;
    if (fault) throw fault;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const opened = { controller, at: byte, isOpen: true };
        this.open = opened;
        signal.addEventListener('abort', () => {
          if (opened.isOpen) controller.error(signal.reason);
          opened.isOpen = false;
        });
        this.send('retry: 2000\n\n');
        this.sendNew();
      },
      pull: () => { this.pulled++; },
      cancel: () => { this.cut(); },
    }, { highWaterMark: 0 });
  };

  get isOpen(): boolean {
    return this.open?.isOpen === true;
  }

  write(text: string): void {
    this.written += text;
    this.sendNew();
  }

  end(): void {
    this.send('event: end\ndata: {"attempt":1}\n\n');
    this.cut(true);
  }

  cut(inOrder = false): void {
    if (!this.open?.isOpen) return;
    this.open.isOpen = false;
    if (inOrder) this.open.controller.close();
    else this.open.controller.error(new TypeError('network error'));
  }

  send(text: string): void {
    if (this.open?.isOpen) this.open.controller.enqueue(bytesOf(text));
  }

  private sendNew(): void {
    if (!this.open?.isOpen) return;
    const bytes = bytesOf(this.written);
    for (let end = bytes.indexOf(10, this.open.at) + 1; end > 0; end = bytes.indexOf(10, end) + 1) {
      const line = new TextDecoder().decode(bytes.slice(this.open.at, end - 1));
      this.open.at = end;
      this.send(`id: ${end}\n${line.split('\r').map((part) => `data: ${part}\n`).join('')}\n`);
    }
  }
}

describe('reading a log', () => {
  let log: FakeLog;
  let reader: LogReader;
  const texts = (): string[] => Array.from({ length: reader.lines.count }, (_, index) => reader.lines.plain(index));
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  beforeEach(() => {
    vi.useFakeTimers();
    log = new FakeLog();
    reader = new LogReader(log);
  });
  afterEach(() => {
    reader.stop();
    vi.useRealTimers();
  });

  describe('of a job that goes on', () => {
    it('shows each line as it comes, with one connection, and ends with the job', async () => {
      log.written = '1 0 naïve\n';
      reader.follow(true);
      await pass(150);
      expect(texts()).toEqual(['naïve']);
      log.write('2 0 halfway\r2 0 ende\n');
      await pass(150);
      expect(texts()).toEqual(['naïve', '2 0 ende']);
      log.end();
      reader.follow(false);
      await pass(10_000);
      expect(log.asked).toEqual(['events 0']);
      expect(reader.get()).toMatchObject({ state: 'some', error: null, lost: null });
    });

    it('says that nothing is written yet while nothing is', async () => {
      reader.follow(true);
      await pass(150);
      expect(reader.get().state).toBe('some');
      expect(texts()).toEqual([]);
    });

    it('goes on where the connection broke, each line once, and says nothing of a short break', async () => {
      log.written = '1 0 a\n';
      reader.follow(true);
      await pass(150);
      log.cut();
      log.write('2 0 b\n');
      await pass(1200);
      expect(texts()).toEqual(['a', 'b']);
      expect(log.asked).toEqual(['events 0', 'events 6']);
      expect(reader.get().lost).toBeNull();
    });

    it('says since when the connection is lost, keeps what it has, and takes it back when lines come again', async () => {
      log.written = '1 0 a\n';
      reader.follow(true);
      await pass(150);
      const since = Date.now();
      log.fault = new Unreachable(new Error('refused'));
      log.cut();
      await pass(6000);
      expect(texts()).toEqual(['a']);
      expect(reader.get()).toMatchObject({ state: 'some', error: null, lost: { since, why: null } });
      log.fault = null;
      log.write('2 0 b\n');
      reader.retry();
      await pass(150);
      expect(texts()).toEqual(['a', 'b']);
      expect(reader.get().lost).toBeNull();
    });

    it('takes a connection that is silent too long for a dead one', async () => {
      reader.follow(true);
      await pass(30_000);
      log.send(': still here\n\n');
      await pass(30_000);
      expect(log.asked).toEqual(['events 0']);
      await pass(20_000);
      expect(log.asked).toEqual(['events 0', 'events 0']);
    });

    it('is read from time to time where the server has no stream left, and says so in its words', async () => {
      log.noStreams = new ApiProblem(503, { detail: 'There are 64 event streams open already.' });
      log.written = '1 0 a\n2 0 half a l';
      reader.follow(true);
      await pass(150);
      expect(texts()).toEqual(['a']);
      expect(reader.get().lost?.why).toBe('There are 64 event streams open already.');
      log.write('ine\n');
      await pass(1100);
      expect(texts()).toEqual(['a', 'half a line']);
      log.noStreams = null;
      await pass(2000);
      expect(log.asked).toEqual(['events 0', 'text 0', 'events 6', 'text 6', 'events 22']);
      expect(reader.get().lost).toBeNull();
    });

    it('reads the rest at once when the job ends while the connection is away', async () => {
      log.written = '1 0 a\n';
      reader.follow(true);
      await pass(150);
      log.noStreams = new Unreachable(new Error('refused'));
      log.cut();
      await pass(100);
      log.written += '2 0 without a newline';
      reader.follow(false);
      await pass(100);
      expect(texts()).toEqual(['a', 'without a newline']);
      expect(reader.get().lost).toBeNull();
    });

    it('reads no faster than it is drawn', async () => {
      reader.follow(true);
      await pass(150);
      const before = log.pulled;
      log.write(`1 0 ${'x'.repeat(2_000_000)}\n`);
      await pass(20);
      log.write('2 0 behind it\n');
      expect(log.pulled).toBe(before);
      await pass(150);
      expect(reader.lines.count).toBe(2);
    });

    it('has no connection while nobody sees it', async () => {
      log.written = '1 0 a\n';
      reader.follow(true);
      await pass(150);
      reader.show(false);
      log.write('2 0 b\n');
      await pass(60_000);
      expect(log.isOpen).toBe(false);
      expect(log.asked).toEqual(['events 0']);
      reader.show(true);
      await pass(150);
      expect(texts()).toEqual(['a', 'b']);
      expect(reader.get().lost).toBeNull();
    });
  });

  describe('of a job that has ended', () => {
    it('reads all of it once, as text', async () => {
      log.written = '1 0 a\n2 0 without a newline';
      reader.follow(false);
      await pass(100);
      expect(texts()).toEqual(['a', 'without a newline']);
      await pass(10_000);
      expect(log.asked).toEqual(['text 0']);
    });

    it('takes only what is new of an answer with the whole', async () => {
      log.ranges = false;
      log.noStreams = new ApiProblem(503, {});
      log.written = '1 0 naïve\n2 0 na';
      reader.follow(true);
      await pass(100);
      log.written += 'ïve too\n';
      reader.follow(false);
      await pass(100);
      expect(texts()).toEqual(['naïve', 'naïve too']);
    });

    it('does not wait for one that will never be', async () => {
      log.fault = new ApiProblem(404, { detail: 'The logs were removed on 2026-10-01.' });
      reader.follow(false);
      await pass(10_000);
      expect(reader.get()).toMatchObject({ state: 'none', whyNone: 'The logs were removed on 2026-10-01.' });
      expect(log.asked).toEqual(['text 0']);
    });
  });

  it('tells a refusal, and tries again when it is asked to', async () => {
    log.fault = new ApiProblem(403, { detail: 'You may not.' });
    reader.follow(true);
    await pass(100);
    expect(reader.get().error).toBe(log.fault);
    log.fault = null;
    log.written = '1 0 a\n';
    reader.retry();
    await pass(150);
    expect(reader.get().error).toBeNull();
    expect(texts()).toEqual(['a']);
  });
});
