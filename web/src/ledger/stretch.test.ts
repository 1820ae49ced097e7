import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../api/types';
import { nextStretch, readStretch, type Stretch } from './queries';

const all = Array.from({ length: 1000 }, (_, index): LedgerEntry => ({
  index, at: '2026-11-21T12:00:00Z', type: 'x', actor: 'a', leafHash: '', text: `entry ${index}`, service: index % 97 === 0 ? 'rare' : 'often',
}));

const reading = (service: string | null) => (after: number, limit: number) => {
  const above = all.filter((entry) => entry.index > after && (service === null || entry.service === service));
  const items = above.slice(0, limit);
  return Promise.resolve({ items, next: above.length > limit ? String(items.at(-1)?.index) : null });
};

async function walk(service: string | null): Promise<number[]> {
  let stretch: Stretch = await readStretch(reading(service), 1000, 100);
  const seen = stretch.entries.map((entry) => entry.index);
  for (let next = nextStretch(stretch); next; next = nextStretch(stretch)) {
    stretch = await readStretch(reading(service), next.below, next.width);
    seen.push(...stretch.entries.map((entry) => entry.index));
  }
  return seen;
}

describe('walking the ledger backwards', () => {
  it('meets every entry once, newest first', async () => {
    expect(await walk(null)).toEqual(all.map((entry) => entry.index).reverse());
  });

  it('meets every entry of a rare service, in longer stretches', async () => {
    expect(await walk('rare')).toEqual(all.filter((entry) => entry.service === 'rare').map((entry) => entry.index).reverse());
  });

  it('ends at the first entry', async () => {
    expect(nextStretch(await readStretch(reading(null), 50, 100))).toBeUndefined();
  });
});
