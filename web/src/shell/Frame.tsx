import { useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { announcerId } from '../live/announce';
import { useConnection } from '../live/connection';
import { headingId } from '../parts/Page';
import { ConnectionBanner } from './ConnectionBanner';
import classes from './Frame.module.css';
import { Header } from './Header';
import { Search } from './Search';
import { SignedOut } from './SignedOut';

export function Frame() {
  const connection = useConnection();
  const navigation = useNavigation();
  const lost = connection.state === 'lost';
  useFocusOnNewPage();
  return (
    <>
      <a className={classes.skip} href="#main">Skip to the content</a>
      <Header />
      <div className={classes.progress} data-busy={navigation.state !== 'idle' || undefined} aria-hidden="true" />
      {connection.state === 'lost' ? <ConnectionBanner since={connection.since} nextTry={connection.nextTry} /> : null}
      <main id="main" className={classes.main} tabIndex={-1} data-lost={lost || undefined}>
        {connection.state === 'signedOut' ? <SignedOut /> : <Outlet />}
      </main>
      <div id={announcerId} className="sr" role="status" aria-live="polite" />
      <Search />
      <ScrollRestoration />
    </>
  );
}

/** After going to another page the keyboard is at its heading, as after loading one. */
function useFocusOnNewPage(): void {
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return undefined;
    last.current = pathname;
    const focus = (): boolean => {
      const heading = document.getElementById(headingId);
      heading?.focus({ preventScroll: true });
      return heading !== null;
    };
    if (focus()) return undefined;
    const watcher = new MutationObserver(() => {
      if (focus()) watcher.disconnect();
    });
    watcher.observe(document.getElementById('main') ?? document.body, { childList: true, subtree: true });
    return () => watcher.disconnect();
  }, [pathname]);
}
