import { api } from '../api/client';
import { problemFrom } from '../api/problem';

export interface LogText {
  /** At which byte it really begins: a server that knows no ranges answers with the whole. */
  begins: number;
  body: ReadableStream<Uint8Array>;
}

/** Where an attempt's log comes from. */
export interface LogSource {
  /** What there is now, from a byte on; null: nothing beyond it. */
  text(byte: number, signal: AbortSignal): Promise<LogText | null>;
  /** What comes after a byte, as server-sent events, one a line: its id is the byte behind it, and `end` is the last. */
  events(byte: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export function logOf(run: string, job: string, attempt: number): LogSource {
  const ask = (signal: AbortSignal, headers: Record<string, string>) => api.GET('/api/v1/runs/{id}/jobs/{job}/log', {
    params: { path: { id: run, job }, query: { attempt } }, parseAs: 'stream', signal, headers,
  });
  return {
    async text(byte, signal) {
      const { error, response } = await ask(signal, byte > 0 ? { Range: `bytes=${byte}-` } : {});
      if (response.status === 416) return null;
      if (!response.ok) throw problemFrom(response.status, error);
      return response.body ? { begins: response.status === 206 ? byte : 0, body: response.body } : null;
    },
    async events(byte, signal) {
      const { error, response } = await ask(signal, { Accept: 'text/event-stream', ...(byte > 0 ? { 'Last-Event-ID': String(byte) } : {}) });
      if (!response.ok) throw problemFrom(response.status, error);
      if (!response.body || !response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
        await response.body?.cancel();
        throw problemFrom(502, { detail: 'What stands between this page and the server lets no live log through.' });
      }
      return response.body;
    },
  };
}
