import { useEffect } from 'react';
import classes from './Page.module.css';

export const headingId = 'page-heading';

interface PageProps {
  /** Of the browser's tab. */
  title: string;
  heading: React.ReactNode;
  above?: React.ReactNode;
  below?: React.ReactNode;
  actions?: React.ReactNode;
  children: React.ReactNode;
}

/** The frame of a page: its one heading, what stands above and below it, and its buttons. */
export function Page({ title, heading, above, below, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Slipway`;
  }, [title]);
  return (
    <>
      <header className={classes.header}>
        <div className={classes.words}>
          {above ? <div className={classes.above}>{above}</div> : null}
          <h1 id={headingId} tabIndex={-1}>{heading}</h1>
          {below ? <div className={classes.below}>{below}</div> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      <div className={classes.content}>{children}</div>
    </>
  );
}
