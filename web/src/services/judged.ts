import type { SelfJudgedView } from '../api/types';
import { plural } from '../words/numbers';

const hoursOf = (hours: number): string => (hours < 10 ? plural(Number(hours.toFixed(1)), 'hour') : plural(Math.round(hours), 'hour'));

/** What was seen of a lane compared with itself: hours and alarms. */
export function seen({ hours, alarms, worker }: SelfJudgedView): string {
  if (worker) return 'not compared with itself';
  return hours > 0 ? `${hoursOf(hours)} watched, ${alarms === 0 ? 'no alarm' : plural(alarms, 'alarm')}` : 'not watched yet';
}

/** What that means, in a sentence. Windows are tests of an hour each, of which chance may make so many alarm. */
export function meaning({ alarms, hours, falseAlarmRate, worker }: SelfJudgedView): string {
  if (worker) return 'A worker serves no requests. While a version rolls out, the judge goes by what metric sources say.';
  if (hours <= 0) return 'It takes requests to two instances behind one router, and no rollout.';
  const byChance = hours * falseAlarmRate;
  if (alarms === 0) return 'The judge has blamed nothing that is no worse.';
  // Of so many alarms by chance, more than this many come about less often than once in a hundred times.
  return alarms <= byChance + 2.4 * Math.sqrt(byChance) + 1
    ? 'That is no more than chance alone makes.'
    : 'That is more than chance makes: single instances have trouble of their own, and can be taken for a worse version by checks that are estimates.';
}
