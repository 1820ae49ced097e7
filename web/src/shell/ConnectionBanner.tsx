import { Button } from '@mantine/core';
import { Icon } from '../parts/Icon';
import { useWordsOfNow } from '../words/clock';
import { clockTime, duration } from '../words/time';
import classes from './ConnectionBanner.module.css';
import { eventStream } from './live';

/** The page keeps what it last knew; this says so, since when, and what is being done about it. */
export function ConnectionBanner({ since, nextTry }: { since: number; nextTry: number | null }) {
  const away = useWordsOfNow((now) => duration(now - since));
  const wait = useWordsOfNow((now) => (nextTry === null || nextTry <= now ? 'Trying now…' : `Trying again in ${duration(nextTry - now)}.`));
  return (
    <div className={classes.banner} role="alert">
      <div className={classes.inner}>
        <span className={classes.icon}><Icon name="unplugged" size={18} /></span>
        <p className={classes.text}>
          <strong>No connection to the server since {clockTime(since)}.</strong>{' '}
          <span aria-hidden="true">For {away} this page shows what was known then. {wait}</span>
          <span className="sr">This page shows what was known then, and keeps trying.</span>
        </p>
        <Button size="xs" variant="default" onClick={eventStream.retryNow}>Try now</Button>
      </div>
    </div>
  );
}
