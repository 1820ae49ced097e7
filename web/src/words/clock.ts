import { useSyncExternalStore } from 'react';

/** One timer for all relative times and countdowns on the page. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time to the second while something goes on; 0 once it is over, and nothing is drawn again for it. */
export function useNow(goesOn: boolean): number {
  const second = useWordsOfNow((now) => (goesOn ? String(Math.floor(now / 1000)) : null));
  return second === null ? 0 : Number(second) * 1000;
}

/** Words that depend on the time; the component is drawn again only when they change. */
export function useWordsOfNow<T extends string | null>(words: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => words(Date.now()));
}
