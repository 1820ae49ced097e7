import { Tooltip } from '@mantine/core';
import { exactTime, relativeTime, countdown } from '../words/time';
import { useWordsOfNow } from '../words/clock';
import classes from './When.module.css';

/** A time as people say it; the exact one on hover and focus. */
export function When({ at, focusable = false }: { at: string; focusable?: boolean }) {
  const words = useWordsOfNow((now) => relativeTime(at, now));
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} className={classes.when} {...(focusable ? { tabIndex: 0 } : {})}>{words}</time>
    </Tooltip>
  );
}

/** What is left until then; nothing once it is past. */
export function Countdown({ until, before = '', after = '' }: { until: string; before?: string; after?: string }) {
  const words = useWordsOfNow((now) => countdown(until, now));
  if (words === null) return null;
  return (
    <Tooltip label={exactTime(until)}>
      <time dateTime={until} className={classes.when} tabIndex={0}>{before}{words}{after}</time>
    </Tooltip>
  );
}
