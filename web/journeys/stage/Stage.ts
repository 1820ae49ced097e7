import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, Route } from '@playwright/test';

const built = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../src/Slipway.Server/wwwroot');
const types: Record<string, string> = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};

/** Documents by their path below /api/v1, with the query where it matters; a text is a log, which is read from any byte on. */
export type Documents = Record<string, unknown>;

const origin = 'http://slipway.localhost';

/** The built page without a server: its files from where the build put them, its documents from a test. For states that take long to reach, or luck. */
export async function stage(page: Page, documents: () => Documents, lost = false): Promise<void> {
  await page.addInitScript((isLost) => {
    window.EventSource = class extends EventTarget {
      onopen: (() => void) | null = null;
      onerror: (() => void) | null = null;
      constructor() {
        super();
        setTimeout(() => (isLost ? this.onerror?.() : this.onopen?.()), 0);
      }
      close(): void { /* There is nothing to close. */ }
    } as unknown as typeof EventSource;
    // A log is told as it grows, as by a server; a test's documents are asked for it.
    const whole = window.fetch;
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.headers.get('Accept') !== 'text/event-stream') return whole(request);
      if (isLost) throw new TypeError('refused');
      const first = await whole(request.url, { headers: { Accept: 'text/event-stream' } });
      if (first.status >= 500) return first;
      let read = Number(request.headers.get('Last-Event-ID') ?? 0);
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          for (;;) {
            const now = await whole(request.url);
            const text = now.ok ? new TextDecoder().decode((await now.arrayBuffer()).slice(read)) : '';
            const lines = text.split('\n').slice(0, -1);
            const events = lines.map((line) => `id: ${(read += new TextEncoder().encode(line).length + 1)}\n${line.split('\r').map((part) => `data: ${part}\n`).join('')}\n`);
            if (events.length > 0) return controller.enqueue(new TextEncoder().encode(events.join('')));
            await new Promise((resolve) => { setTimeout(resolve, 700); });
            controller.enqueue(new TextEncoder().encode(': still here\n\n'));
            return undefined;
          }
        },
      });
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
    };
  }, lost);
  await page.route(`${origin}/**`, (route) => answer(route, documents()));
}

export const onStage = (where: string): string => `${origin}${where}`;

async function answer(route: Route, documents: Documents): Promise<void> {
  const url = new URL(route.request().url());
  if (url.pathname.startsWith('/api/')) {
    const where = decodeURIComponent(url.pathname.slice('/api/v1'.length));
    const document = documents[where + url.search] ?? documents[where];
    if (typeof document === 'string') await answerText(route, document);
    else if (document === undefined) await route.fulfill({ status: 404, json: { status: 404, code: 'notFound', title: 'Not found', detail: `There is no ${where}.` } });
    else await route.fulfill({ json: document });
    return;
  }
  const file = /\.[a-z]\w+$/.test(url.pathname) ? url.pathname : '/index.html';
  await route.fulfill({ body: readFileSync(path.join(built, file)), contentType: types[path.extname(file)] ?? 'application/octet-stream' });
}

async function answerText(route: Route, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const from = Number(/^bytes=(\d+)-$/.exec(route.request().headers()['range'] ?? '')?.[1] ?? 0);
  if (from > 0 && from >= bytes.length) await route.fulfill({ status: 416 });
  else await route.fulfill({ status: from > 0 ? 206 : 200, contentType: 'text/plain; charset=utf-8', body: bytes.subarray(from) });
}
