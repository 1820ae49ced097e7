import type { RunCacheView } from '../api/types';
import { Mark } from '../parts/Mark';
import { cacheLines } from './cache';
import classes from './JobPanel.module.css';

/** The folders that a job keeps from run to run, and what became of each this time. */
export function Caches({ caches }: { caches: RunCacheView[] }) {
  return (
    <section aria-label="Caches">
      <ul className={classes.steps}>
        {caches.map((cache) => {
          const tone = cache.hit ? 'good' : 'quiet';
          return (
            <li key={cache.name} className={classes.step}>
              <span className={classes.mark} data-tone={tone}><Mark tone={tone} /></span>
              <div className={classes.words}>
                <p className={classes.name}>cache {cache.name}<span className="sr">{cache.hit ? ' was restored' : ' was not restored'}</span></p>
                {cacheLines(cache).map((line) => <p key={line} className={classes.note}>{line}</p>)}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
