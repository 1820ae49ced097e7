import type { RolloutHook, VerificationView } from '../api/types';
import { verdict, type StateWords } from '../words/states';

/** Of what waits for an answer, or for the time to ask again. */
const waiting = (againAt: string | null | undefined, tries: number): StateWords =>
  (againAt ? { word: 'Asked again soon', tone: 'waiting' } : { word: tries > 1 ? `Under way, try ${tries}` : 'Under way', tone: 'active' });

export const verificationState = ({ verdict: known, againAt, tries }: VerificationView): StateWords => (known ? verdict[known] : waiting(againAt, tries));

/** A hook that is told decides nothing: what it says is neither good nor bad for the rollout. */
export function hookState({ decision, isTold, passedOver, againAt, tries }: RolloutHook): StateWords {
  if (!decision) return isTold ? { word: 'Being told', tone: 'active' } : waiting(againAt, tries);
  if (decision === 'unanswered') return { word: 'No answer', tone: 'quiet' };
  if (isTold) return decision === 'go' ? { word: 'Told', tone: 'good' } : { word: decision === 'stop' ? 'Told, it says stop' : 'Told, it failed', tone: 'attention' };
  if (decision === 'go') return { word: 'Go', tone: 'good' };
  if (passedOver) return { word: 'Failed, passed over', tone: 'attention' };
  return { word: decision === 'stop' ? 'Stop' : 'Failed', tone: 'bad' };
}

const points: Record<string, string> = {
  before: 'before the start', beforeStep: 'before', afterStep: 'after', confirmPromotion: 'before all traffic', after: 'after success', onRollback: 'on the way back',
};

/** Where it is asked or told: "before 25 %", "before all traffic". */
export function pointWords({ point, step }: RolloutHook): string {
  const words = points[point] ?? point;
  return step && (point === 'beforeStep' || point === 'afterStep') ? `${words} ${step.replace(/ %$/, '\u00a0%')}` : words;
}

/** A line of a script's log without its time and its step's number. */
const textOfLine = (line: string): string => /^\d+ -?\d+ (.*)$/s.exec(line)?.[1] ?? line;

/* What a program says to a terminal alone: colours, the cursor's place, the window's title. */
// eslint-disable-next-line no-control-regex
const terminalWords = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** What a script wrote, line by line, as plain text. */
export const textOfLog = (log: string): string => log.split('\n').map((line) => textOfLine(line).replace(terminalWords, '')).join('\n').trimEnd();
