import { describe, expect, it } from 'vitest';
import { jobNow } from '../words/states';
import { chosenAttempt, jobAddress, runNumber } from './address';
import { chosenJob, graphOf } from './graph';
import { reasonOf, reasonOfJob, statusOf } from './reason';
import { job, run } from './run.example';
import { span, took } from './took';
import { waterfallOf } from './waterfall';

const at = (seconds: number): string => new Date(Date.parse('2026-11-21T12:00:00Z') + seconds * 1000).toISOString();
const now = Date.parse(at(60));

describe('the graph of jobs', () => {
  const placesOf = (...jobs: Parameters<typeof graphOf>[0]) => Object.fromEntries(graphOf(jobs).placed.map((placed) => [placed.job.name, [placed.column, placed.row]]));

  it('has each job in the column behind the last of those that it needs', () => {
    expect(placesOf(job('build'), job('lint'), job('test', { needs: ['build'] }), job('pack', { needs: ['test', 'lint'] }))).toEqual({ build: [0, 0], lint: [0, 1], test: [1, 0], pack: [2, 0] });
  });

  it('has lines from all jobs of a matrix, and from no job that is only called alike', () => {
    const { edges } = graphOf([job('test (20)'), job('test (22)'), job('tests'), job('pack', { needs: ['test'] })]);
    expect(edges.map(({ from, to }) => `${from.job.name} → ${to.job.name}`)).toEqual(['test (20) → pack', 'test (22) → pack']);
  });

  it('puts jobs beside what they need, whatever the order in which they are written', () => {
    expect(placesOf(job('a'), job('b'), job('of-b', { needs: ['b'] }), job('of-a', { needs: ['a'] }))).toMatchObject({ 'of-a': [1, 0], 'of-b': [1, 1] });
  });

  it('is drawn even of needs in a circle, and of none at all', () => {
    expect(graphOf([job('a', { needs: ['b'] }), job('b', { needs: ['a'] })]).placed).toHaveLength(2);
    expect(graphOf([])).toMatchObject({ columns: 0, rows: 0, placed: [] });
  });
});

describe('the job that is shown', () => {
  const jobs = [job('build'), job('test', { state: 'running' }), job('lint', { state: 'failed' })];

  it('is the one asked for, else the one that failed, runs, or ran last', () => {
    expect(chosenJob(jobs, 'build')?.name).toBe('build');
    expect(chosenJob(jobs, 'nothing')?.name).toBe('lint');
    expect(chosenJob(jobs.slice(0, 2), null)?.name).toBe('test');
    expect(chosenJob([job('a'), job('b'), job('c', { state: 'skipped', startedAt: null })], null)?.name).toBe('b');
    expect(chosenJob([job('a'), job('b', { state: 'cancelled', startedAt: null }), job('c', { state: 'cancelled' }), job('d')], null)?.name).toBe('c');
    expect(chosenJob([job('a'), job('b', { state: 'cancelled', startedAt: null })], null)?.name).toBe('b');
    expect(chosenJob([], null)).toBeUndefined();
  });
});

describe('the exit status of a step', () => {
  it('is said once', () => {
    expect(statusOf({ exitCode: 127, note: 'exit status 127: a command was not found' })).toBeNull();
    expect(statusOf({ exitCode: 2, note: '3 tests failed' })).toBe('exit status 2');
    expect(statusOf({ exitCode: 0, note: null })).toBeNull();
  });
});

describe('the waterfall', () => {
  it('has a bar for what waited and one for what ran, as shares of the whole', () => {
    const { bars, busy, cuts } = waterfallOf([
      job('build', { queuedAt: at(0), startedAt: at(10), endedAt: at(50) }), job('test', { queuedAt: at(50), startedAt: at(50), endedAt: at(100) }),
    ], now);
    expect(busy).toBe(100_000);
    expect(cuts).toEqual([]);
    expect(bars[0]).toMatchObject({ waited: { from: 0, to: 0.1 }, ran: { from: 0.1, to: 0.5 }, waitedFor: 10_000, ranFor: 40_000 });
    expect(bars[1]).toMatchObject({ ran: { from: 0.5, to: 1 }, waitedFor: 0 });
  });

  it('lets what goes on end now, and leaves out what was never queued', () => {
    const { bars } = waterfallOf([
      job('build', { state: 'running', queuedAt: at(0), startedAt: at(30), endedAt: null }), job('lint', { state: 'queued', queuedAt: at(30), startedAt: null, endedAt: null }),
      job('test', { state: 'waiting', queuedAt: null, startedAt: null, endedAt: null }),
    ], now);
    expect(bars.map((bar) => [bar.job.name, bar.waitedFor, bar.ranFor])).toEqual([['build', 30_000, 30_000], ['lint', 30_000, null]]);
    expect(bars[0]?.ran?.to).toBe(1);
  });

  it('counts one that was cancelled in the queue as waiting until then', () => {
    expect(waterfallOf([job('a', { state: 'cancelled', queuedAt: at(0), startedAt: null, endedAt: at(5) })], now).bars[0]).toMatchObject({ waitedFor: 5000, ran: null });
  });

  it('cuts out the day between a run and its re-run', () => {
    const { bars, busy, cuts } = waterfallOf([
      job('build', { queuedAt: at(0), startedAt: at(0), endedAt: at(50) }), job('test', { queuedAt: at(86_400), startedAt: at(86_400), endedAt: at(86_450) }),
    ], now);
    expect(busy).toBe(100_000);
    expect(cuts).toHaveLength(1);
    expect(bars[0]?.ran?.to).toBeCloseTo(50 / 106);
    expect(bars[1]?.ran).toMatchObject({ to: 1 });
    expect(bars[1]?.ran?.from).toBeCloseTo(56 / 106);
  });

  it('is empty without jobs, and whole when all took no time', () => {
    expect(waterfallOf([], now)).toEqual({ bars: [], busy: 0, cuts: [] });
    expect(waterfallOf([job('a', { queuedAt: at(0), startedAt: at(0), endedAt: at(0) })], now).bars[0]?.ran).toEqual({ from: 0, to: 0 });
  });
});

describe('words', () => {
  it.each([[0, '0 ms'], [140.4, '140 ms'], [2449, '2.4 s'], [9949, '9.9 s'], [9950, '10 s'], [80_000, '1 min 20 s']])('%d ms took "%s"', (value, words) => {
    expect(took(value)).toBe(words);
  });

  it('count to the end or until now, and never below nothing', () => {
    expect(span(at(0), at(5), now)).toBe(5000);
    expect(span(at(0), null, now)).toBe(60_000);
    expect(span(at(90), null, now)).toBe(0);
    expect(span(null, null, now)).toBeNull();
  });

  it('call a failure by its kind, and an unknown end never good', () => {
    expect(jobNow('failed', 'testsFailed').word).toBe('Tests failed');
    expect(jobNow('failed', 'agentLost')).toEqual({ word: 'Agent lost', tone: 'attention' });
    expect(jobNow('failed', 'unknown').tone).not.toBe('good');
    expect(jobNow('waiting', 'timedOut').word).toBe('To come');
  });

  it('leave a name as it is at the beginning of a reason', () => {
    const failed = run({ reason: 'test (22): 2 tests failed', jobs: [job('test (22)', { reason: 'harbour-1 is away' })] });
    expect(reasonOf(failed)).toBe('test (22): 2 tests failed');
    expect(reasonOfJob(failed.jobs[0]!, failed)).toBe('harbour-1 is away');
    expect(reasonOf(run({ reason: 'waits for its turn' }))).toBe('Waits for its turn');
    expect(reasonOfJob(job('a'), run())).toBe('');
  });

  it('name a run by its number and a job by its address', () => {
    expect(runNumber('shop-run-run-12')).toBe('12');
    expect(runNumber('odd')).toBe('odd');
    expect(jobAddress('?job=a&attempt=2', 'test (20, x)')).toEqual({ search: 'job=test+%2820%2C+x%29', hash: '' });
    expect(jobAddress('?job=a', 'a', 1).search).toBe('job=a&attempt=1');
    expect([chosenAttempt(null, 3), chosenAttempt('2', 3), chosenAttempt('9', 3), chosenAttempt('x', 3)]).toEqual([3, 2, 3, 3]);
  });
});
