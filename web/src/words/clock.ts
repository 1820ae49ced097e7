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

/** Words that depend on the time; the component is drawn again only when they change. */
export function useWordsOfNow<T extends string | null>(words: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => words(Date.now()));
}
