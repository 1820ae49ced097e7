import { expect, it } from 'vitest';
import type { LedgerEntry } from '../api/types';
import { tell } from './telling';

const why = 'errors: canary 24.2 % vs stable 0 %, ratio at least 2.3, certain beyond 1 in 100 after 2 s';
const entry = (text: string, body: object | null = null): LedgerEntry => ({
  index: 1, at: '2026-11-21T12:00:00Z', type: 'x', actor: 'slipway', leafHash: '00', text, body: body as LedgerEntry['body'],
});

it('says a reason once, where it first came', () => {
  expect(tell([
    entry(`The rollout of s@2 to prod was rolled back: ${why}.`, { reason: why }),
    entry('s@2 has 0 % of the traffic in prod, after 50 %.', { from: 50, to: 0 }),
    entry(`Traffic in prod goes back from s@2 to 1: ${why}.`, { to: '1', why }),
    entry(`The rollout of s@2 to prod: analyze 20s failed; ${why}.`, { note: why }),
    entry(`s@2 in prod was judged failed: ${why}.`, { reason: why }),
  ])).toEqual([
    'The rollout of s@2 to prod was rolled back.',
    's@2 has 0 % of the traffic in prod, after 50 %.',
    'Traffic in prod goes back from s@2 to 1.',
    'The rollout of s@2 to prod: analyze 20s failed.',
    `s@2 in prod was judged failed: ${why}.`,
  ]);
});

it('keeps different reasons, and a reason that the sentence does not end with', () => {
  const texts = ['maren paused it: a is down.', 'The freeze a is down stays.', 'jonas paused it: b is down.'];
  expect(tell([entry(texts[0]!, { why: 'a is down' }), entry(texts[1]!, { why: 'b is down' }), entry(texts[2]!, { why: 'b is down' })])).toEqual(texts);
});

it('takes nothing as said that no sentence says', () => {
  const texts = ['The rollout was paused: it is late.', 'maren asked for it.'];
  expect(tell([entry(texts[0]!, { why: 'it is late' }), entry(texts[1]!, { why: 'it is late' })])).toEqual(texts);
});

it('says long reasons in brief where there is no room', () => {
  expect(tell([entry(`s@2 in prod was judged failed: ${why}.`, { reason: why })], 60)).toEqual(['s@2 in prod was judged failed: errors: canary 24.2 % vs stable 0 %, ratio at least 2.3 …']);
});
