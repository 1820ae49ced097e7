import type { CoverageView, Maybe, RunTestsView, RunTestView, TestSquare, TestStanding } from '../api/types';
import { count } from '../words/numbers';
import type { StateWords, Tone } from '../words/states';
import { runNumber } from '../runs/address';

const standings: Record<TestStanding, StateWords> = {
  newlyFailing: { word: 'Newly failing', tone: 'bad' },
  stillFailing: { word: 'Still failing', tone: 'bad' },
  fixed: { word: 'Fixed', tone: 'good' },
  passing: { word: 'Passed', tone: 'good' },
  skipped: { word: 'Skipped', tone: 'quiet' },
};

/** How a test stands, in the one word that matters most of it. */
export function standingOf(standing: TestStanding, flaky: Maybe<string>, quarantined: boolean): StateWords {
  if (quarantined) return { word: 'In quarantine', tone: 'waiting' };
  return flaky && standing !== 'newlyFailing' && standing !== 'stillFailing' ? { word: 'Flaky', tone: 'attention' } : standings[standing];
}

export const square: Record<TestSquare, { word: string; tone: Tone | 'none' }> = {
  passed: { word: 'passed', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  both: { word: 'failed and passed', tone: 'attention' },
  skipped: { word: 'skipped', tone: 'quiet' },
  none: { word: 'took no part', tone: 'none' },
};

/** What a strip of squares shows, for those who do not see it: the newest runs, newest first. */
export function historyWords(history: readonly TestSquare[]): string {
  const told = history.filter((each) => each !== 'none');
  if (told.length === 0) return 'It took part in none of the last runs.';
  const counts = (['failed', 'both', 'passed', 'skipped'] as const).map((each) => [told.filter((one) => one === each).length, square[each].word] as const).filter(([many]) => many > 0);
  return `Of the last ${told.length === 1 ? 'run' : `${told.length} runs`}: ${counts.map(([many, word]) => `${word} in ${many}`).join(', ')}. The newest: ${square[told[0] ?? 'none'].word}.`;
}

/** "118 passed, 2 failed (1 newly), 3 skipped"; "no tests". */
export function summary(tests: Pick<RunTestsView, 'passed' | 'failed' | 'skipped' | 'newlyFailing'>): string {
  if (tests.passed + tests.failed + tests.skipped === 0) return 'no tests';
  const parts = [`${count(tests.passed)} passed`];
  if (tests.failed > 0) parts.push(`${count(tests.failed)} failed${tests.newlyFailing > 0 ? ` (${count(tests.newlyFailing)} newly)` : ''}`);
  if (tests.skipped > 0) parts.push(`${count(tests.skipped)} skipped`);
  return parts.join(', ');
}

/** "1 fixed, 2 flaky, 1 in quarantine"; empty where there is none of these. */
export function besides(tests: Pick<RunTestsView, 'fixed' | 'flaky' | 'quarantined'>): string {
  return ([[tests.fixed, 'fixed'], [tests.flaky, 'flaky'], [tests.quarantined, 'in quarantine']] as const).filter(([many]) => many > 0).map(([many, word]) => `${count(many)} ${word}`).join(', ');
}

const share = (covered: number, valid: number): number => (valid === 0 ? 0 : (100 * covered) / valid);

export interface CoverageWords { figure: string; change: string | null; tone: Tone }

/** The share of lines that ran, and how far that is from the branch's last run. */
export function coverageWords({ covered, valid, before }: CoverageView): CoverageWords {
  const now = share(covered, valid);
  const figure = `${now.toFixed(1)} %`;
  if (!before) return { figure, change: null, tone: 'quiet' };
  const change = Math.round((now - share(before.covered, before.valid)) * 10) / 10;
  const than = `run ${runNumber(before.run)}`;
  if (change === 0) return { figure, change: `as in ${than}`, tone: 'quiet' };
  return { figure, change: `${Math.abs(change).toFixed(1)} points ${change > 0 ? 'more' : 'less'} than in ${than}`, tone: change > 0 ? 'good' : 'attention' };
}

/** What its failure said, once: many runners begin the stack with the message. */
export function saidOf({ message, stack }: Pick<RunTestView, 'message' | 'stack'>): string | null {
  if (!stack) return message ?? null;
  const first = message?.split('\n')[0]?.trim() ?? '';
  return message && !stack.includes(first) ? `${message}\n\n${stack}` : stack;
}
