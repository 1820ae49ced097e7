import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, Unreachable } from '../api/problem';
import { LogReader, type ReadFrom } from './logReader';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new ReadableStream({
  start(controller) {
    controller.enqueue(bytes);
    controller.close();
  },
});

/** A log on a server: it grows, and it is asked from some byte on. */
class FakeLog {
  text = '';
  asked: number[] = [];
  fault: Error | null = null;
  ranges = true;
  read: ReadFrom = async (byte) => {
    this.asked.push(byte);
    if (this.fault) throw this.fault;
    const bytes = bytesOf(this.text);
    if (byte >= bytes.length && byte > 0) return null;
    return this.ranges ? { begins: byte, body: streamOf(bytes.slice(byte)) } : { begins: 0, body: streamOf(bytes) };
  };
}

describe('reading a log', () => {
  let log: FakeLog;
  let reader: LogReader;
  const texts = (): string[] => Array.from({ length: reader.lines.count }, (_, index) => reader.lines.plain(index));
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  beforeEach(() => {
    vi.useFakeTimers();
    log = new FakeLog();
    reader = new LogReader(log.read);
  });
  afterEach(() => {
    reader.stop();
    vi.useRealTimers();
  });

  it('goes on from the bytes that are here, even in the middle of a letter', async () => {
    const bytes = bytesOf('1 0 naïve\n2 0 ende\n');
    log.read = async (byte) => {
      log.asked.push(byte);
      const end = byte === 0 ? 7 : bytes.length;
      return byte < end ? { begins: byte, body: streamOf(bytes.slice(byte, end)) } : null;
    };
    reader = new LogReader(log.read);
    reader.follow(true);
    await pass(2500);
    expect(texts()).toEqual(['naïve', 'ende']);
    expect(log.asked).toEqual([0, 7, bytes.length]);
  });

  it('takes only what is new of an answer with the whole', async () => {
    log.ranges = false;
    log.text = '1 0 a\n';
    reader.follow(true);
    await pass(100);
    log.text += '2 0 b\n';
    await pass(1000);
    expect(texts()).toEqual(['a', 'b']);
  });

  it('reads a last time when the job has ended, and then no more', async () => {
    log.text = '1 0 a\n';
    reader.follow(true);
    await pass(100);
    log.text += '2 0 without a newline';
    reader.follow(false);
    await pass(100);
    expect(texts()).toEqual(['a', 'without a newline']);
    const asked = log.asked.length;
    await pass(10_000);
    expect(log.asked).toHaveLength(asked);
  });

  it('waits for a log that is not there yet, and not for one that will never be', async () => {
    log.fault = new ApiProblem(404, {});
    reader.follow(true);
    await pass(100);
    expect(reader.get().state).toBe('none');
    log.fault = null;
    log.text = '1 0 a\n';
    await pass(1000);
    expect(reader.get()).toMatchObject({ state: 'some', error: null });
    expect(texts()).toEqual(['a']);
  });

  it('keeps what it has while the server is away', async () => {
    log.text = '1 0 a\n';
    reader.follow(true);
    await pass(100);
    log.fault = new Unreachable(new Error('refused'));
    await pass(3000);
    expect(reader.get()).toMatchObject({ state: 'some', error: null });
    log.fault = null;
    log.text += '2 0 b\n';
    await pass(1500);
    expect(texts()).toEqual(['a', 'b']);
  });

  it('tells a refusal, and tries again when it is asked to', async () => {
    log.fault = new ApiProblem(403, { detail: 'You may not.' });
    reader.follow(false);
    await pass(100);
    expect(reader.get().error).toBe(log.fault);
    log.fault = null;
    log.text = '1 0 a\n';
    reader.retry();
    await pass(100);
    expect(reader.get().error).toBeNull();
    expect(texts()).toEqual(['a']);
  });
});
