import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';

/** A page that could not be drawn: a fault of ours, or files of an older build that the server no longer has. */
export function Broken() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : String(error);
  const upgraded = /import|module|chunk/i.test(message);
  return (
    <Page title="Error" heading={upgraded ? 'This page is from an older version' : 'This page broke'}>
      <Notice tone="bad" role="alert" title={upgraded ? 'The server was upgraded, or went away, while this page was open.' : message}>
        <p>Nothing that Slipway does depends on this page. Load it again to go on.</p>
        <Button mt={10} size="xs" onClick={() => location.reload()}>Load again</Button>
      </Notice>
    </Page>
  );
}
