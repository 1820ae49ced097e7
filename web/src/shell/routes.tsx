import { createBrowserRouter } from 'react-router';
import { Broken } from './Broken';
import { Frame } from './Frame';
import { NotFound } from './NotFound';

export const router = createBrowserRouter([
  {
    path: '/',
    element: <Frame />,
    hydrateFallbackElement: <></>,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../lanes/BoardPage')).BoardPage }) },
          { path: 'services/:service', lazy: async () => ({ Component: (await import('../services/ServicePage')).ServicePage }) },
          { path: 'services/:service/tests', lazy: async () => ({ Component: (await import('../tests/ServiceTestsPage')).ServiceTestsPage }) },
          { path: 'services/:service/releases/:version', lazy: async () => ({ Component: (await import('../releases/JourneyPage')).JourneyPage }) },
          { path: 'promotions/:id', lazy: async () => ({ Component: (await import('../promotions/PromotionPage')).PromotionPage }) },
          { path: 'rollouts/:id', lazy: async () => ({ Component: (await import('../rollouts/RolloutPage')).RolloutPage }) },
          { path: 'runs', lazy: async () => ({ Component: (await import('../runs/RunsPage')).RunsPage }) },
          { path: 'runs/:id', lazy: async () => ({ Component: (await import('../runs/RunPage')).RunPage }) },
          { path: 'templates', lazy: async () => ({ Component: (await import('../templates/TemplatesPage')).TemplatesPage }) },
          { path: 'activity', lazy: async () => ({ Component: (await import('../ledger/ActivityPage')).ActivityPage }) },
          { path: 'freezes', lazy: async () => ({ Component: (await import('../freezes/FreezesPage')).FreezesPage }) },
          { path: 'access', lazy: async () => ({ Component: (await import('../access/AccessPage')).AccessPage }) },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);
