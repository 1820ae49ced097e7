import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answer, api } from '../api/client';
import { connection } from '../live/connection';
import { Command } from '../parts/Command';
import { Page } from '../parts/Page';
import { eventStream, queries } from './live';
import classes from './SignedOut.module.css';

/** Without a session. As soon as another tab has signed this browser in, the page goes on where it was. */
export function SignedOut() {
  const { isSuccess } = useQuery({
    queryKey: ['signedInAgain'],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/whoami', { signal })),
    refetchInterval: 3000,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  useEffect(() => {
    if (!isSuccess) return;
    connection.set({ state: 'connecting' });
    eventStream.start();
    void queries.invalidateQueries();
  }, [isSuccess]);
  return (
    <Page title="Signed out" heading="This browser is not signed in">
      <div className={classes.text}>
        <p>Sessions end by themselves after a while, and when their token is revoked. Slipway has no passwords: the command line, which holds your token, signs a browser in.</p>
        <p>In a terminal on a machine where <code>slipway</code> works:</p>
        <Command line={`slipway open ${location.pathname === '/' ? '' : location.pathname}`.trim()} />
        <p className="quiet">It opens a link that works once, for one minute. This page then goes on by itself.</p>
      </div>
    </Page>
  );
}
