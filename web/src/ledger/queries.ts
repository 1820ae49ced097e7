import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { allPages, answer, api } from '../api/client';
import { keys } from '../api/keys';
import type { LedgerEntry } from '../api/types';

const mostOfPromotion = 500;

/** All entries of one promotion, newest first. */
export function useLedgerOfPromotion(id: string) {
  return useQuery({
    queryKey: keys.ledgerOfPromotion(id),
    queryFn: async ({ signal }) => {
      const entries = await allPages((after) => answer(api.GET('/api/v1/ledger/entries', {
        params: { query: { promotion: id, after: after === undefined ? undefined : Number(after), limit: 200 } }, signal,
      })), mostOfPromotion);
      return entries.reverse();
    },
  });
}

export interface Stretch { entries: LedgerEntry[]; from: number; width: number }

/** How far a stretch reaches back: doubled while a filter lets little through. */
const firstWidth = 100;
const widest = 12_800;
const pageLimit = 1000;

export function nextStretch(last: Stretch): { below: number; width: number } | undefined {
  if (last.from <= 0) return undefined;
  return { below: last.from, width: last.entries.length < firstWidth / 4 ? Math.min(widest, last.width * 2) : last.width };
}

type ReadEntries = (after: number, limit: number) => Promise<{ items: LedgerEntry[]; next?: string | null }>;

/** The entries in [below − width, below), newest first. The API reads forwards only; this walks a stretch of indexes and turns it round. */
export async function readStretch(read: ReadEntries, below: number, width: number): Promise<Stretch> {
  const from = Math.max(0, below - width);
  const entries: LedgerEntry[] = [];
  let after = from - 1;
  for (;;) {
    const page = await read(after, Math.min(pageLimit, width));
    entries.push(...page.items.filter((entry) => entry.index < below));
    const last = page.items.at(-1);
    if (!page.next || !last || last.index >= below - 1) break;
    after = last.index;
  }
  return { entries: entries.reverse(), from, width };
}

/** Entries, newest first, further back on request; of one service, or of all. */
export function useLedger(service: string | null) {
  return useInfiniteQuery({
    queryKey: keys.ledgerOfService(service),
    initialPageParam: null as { below: number; width: number } | null,
    queryFn: async ({ pageParam, signal }) => {
      const where = pageParam ?? { below: (await answer(api.GET('/api/v1/status', { signal }))).ledgerIndex + 1, width: firstWidth };
      return readStretch(
        (after, limit) => answer(api.GET('/api/v1/ledger/entries', {
          params: { query: { after, limit, service: service ?? undefined } }, signal,
        })),
        where.below, where.width,
      );
    },
    getNextPageParam: nextStretch,
  });
}
