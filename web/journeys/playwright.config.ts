import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The system's browser: nothing is downloaded. */
const chromium = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (!chromium) throw new Error('The journeys need a browser: apt-get install chromium, or name one in CHROMIUM.');

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  globalSetup: './build.ts',
  // The journeys share one platform and go one after the other; beside them the staged states, which need none.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'line',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    launchOptions: { executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'journeys', testMatch: '*.journey.ts', testIgnore: 'states.journey.ts', workers: 1 },
    { name: 'states', testMatch: 'states.journey.ts', fullyParallel: true, workers: 1 },
    { name: 'screenshots', testMatch: '*.screenshots.ts', timeout: 600_000, workers: 1 },
  ],
});
