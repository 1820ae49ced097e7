import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './journey';
import { barriers } from './rules';

const lines = 20;

const definition = `service: harbour
owner: team-web
pipeline:
  jobs:
    build:
      network: false
      steps:
        - { name: count, run: 'for n in $(seq ${lines}); do echo "line $n of the build"; sleep 0.4; done' }
        - { name: pack, run: 'mkdir -p out && cp server.mjs out/' }
      outputs: [out]
artifact: { from: build, path: out }
run: { command: ${process.execPath} server.mjs, instances: 1, health: { path: /healthz, interval: 300ms, healthyAfter: 1 }, drain: 1s }
`;

const program = `import { createServer } from 'node:http';
createServer((_, response) => response.end('harbour')).listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

function repository(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'slipway.yaml'), definition);
  writeFileSync(path.join(folder, 'server.mjs'), program);
  const git = (...args: string[]): void => { execFileSync('git', ['-c', 'user.name=Maren Holm', '-c', 'user.email=maren@example.org', '-c', 'init.defaultBranch=main', ...args], { cwd: folder, stdio: 'ignore' }); };
  git('init');
  git('add', '.');
  git('commit', '-m', 'Open the harbour');
  git('tag', 'v1.0.0');
  return folder;
}

test('a commit is followed line by line to its release, and the release to where it runs', async ({ page, platform }) => {
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/log?')) asked.push(request.headers()['accept'] ?? ''); });
  await platform.cli(['service', 'add', repository(path.join(platform.home, 'harbour'))]);
  await page.goto(`${platform.url}/runs`);
  await page.getByRole('link', { name: 'Run 1 of harbour' }).click();

  // Each line is there before the next is written: it came as it was written, over one connection.
  const log = page.getByRole('region', { name: 'What build wrote' });
  await expect(log.getByText('line 3 of the build')).toBeVisible();
  await expect(log.getByText(`line ${lines} of the build`)).toHaveCount(0);
  await expect(log.getByText(`line ${lines} of the build`)).toBeVisible();
  await expect(page.locator('h1 ~ div').getByText('Succeeded')).toBeVisible();
  await expect(log.getByText('line 3 of the build')).toHaveCount(1);
  expect(asked).toEqual(['text/event-stream']);

  await page.getByRole('link', { name: 'harbour@1.0.0' }).click();
  const way = page.getByRole('list', { name: 'The way of harbour 1.0.0' });
  await expect(way.getByRole('heading', { name: 'Open the harbour' })).toBeVisible();
  await expect(way.getByText('by Maren Holm')).toBeVisible();
  await expect(way.getByRole('link', { name: 'Run 1', exact: true })).toBeVisible();
  await expect(way.getByRole('region', { name: 'staging' }).getByText('Runs here')).toBeVisible();
  await expect(way.getByRole('region', { name: 'prod' }).getByText('Not here yet')).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  const download = page.waitForEvent('download');
  await way.getByRole('link', { name: 'Download the artifact' }).click();
  expect((await download).suggestedFilename()).toMatch(/^harbour-1\.0\.0\.tar/);

  // The address is one that the server answers with the page: a version is no file's name.
  await page.reload();
  await page.getByRole('button', { name: 'Promote to prod…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Promote 1.0.0 to prod' }).click();
  await expect(page.getByText('You cannot give it.')).toBeVisible();
  await page.getByRole('link', { name: '1.0.0', exact: true }).first().click();
  await expect(page.getByText('It waits before prod.')).toBeVisible();
});
