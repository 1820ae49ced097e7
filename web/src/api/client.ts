import createClient from 'openapi-fetch';
import { Unreachable, problemFrom } from './problem';
import type { paths } from './schema';

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: async (request) => {
    try {
      return await fetch(request);
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      throw new Unreachable(cause);
    }
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The document of an answer, or its problem as an exception. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as T;
}

/** Lists are short enough here to be read whole; `most` is the bound that keeps a surprise from filling the page. */
export async function allPages<T>(
  read: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
  most = 1000,
): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined && items.length < most);
  return items;
}
