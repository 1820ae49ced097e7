import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until it is so; fails with its words when the time is over. An exception of the condition ends it at once. */
export async function until(what: string, milliseconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await wait(100);
  }
}
