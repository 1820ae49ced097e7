import { useCallback } from 'react';
import { useLocation } from 'react-router';

/** For the row that a link led to: it comes into sight, and looks like it. The browser does not find it by itself, since rows come after the page. */
export function useLedTo(id: string): { id: string; 'data-led-to'?: boolean; ref?: (element: HTMLElement | null) => void } {
  const isMeant = useLocation().hash === `#${id}`;
  const show = useCallback((element: HTMLElement | null) => element?.scrollIntoView({ block: 'center' }), []);
  return isMeant ? { id, 'data-led-to': true, ref: show } : { id };
}
