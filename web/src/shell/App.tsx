import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { RouterProvider } from 'react-router';
import { theme } from '../theme/theme';
import { eventStream, queries } from './live';
import { nonce } from './nonce';
import { router } from './routes';

const colours = localStorageColorSchemeManager({ key: 'slipway-colour-scheme' });

export function App() {
  useEffect(() => {
    eventStream.start();
    return () => eventStream.stop();
  }, []);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colours} getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" autoClose={4000} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
