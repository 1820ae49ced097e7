const grouped = new Intl.NumberFormat('en-GB');

/** 12345 → "12,345". */
export const count = (value: number): string => grouped.format(value);

/** A share as percent: enough digits to tell small rates apart, never more. Null without a whole. */
export function percent(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  return percentOf(part / whole);
}

export function percentOf(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  const digits = value < 0.1 ? 3 : value < 1 ? 2 : value < 20 ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return value < 10 && value > 0 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A ratio of rates, such as "2.05". */
export const ratio = (value: number): string => (value >= 100 ? Math.round(value).toString() : value.toPrecision(3));

const scales: [number, string][] = [[1e12, 'trillion'], [1e9, 'billion'], [1e6, 'million']];

/** A number given by its decimal logarithm, in words: "126", "4,000", "2.5 million", "more than a trillion". */
export function fromLog10(log: number): string {
  if (log < 0) return 'less than 1';
  if (log > 14) return 'more than 100 trillion';
  const value = 10 ** log;
  for (const [scale, word] of scales) {
    if (value >= scale) return `${(value / scale).toFixed(value / scale < 10 ? 1 : 0)} ${word}`;
  }
  if (value < 10) return value.toFixed(1).replace(/\.0$/, '');
  return count(value < 1000 ? Math.round(value) : Math.round(value / 10) * 10);
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export const shortCommit = (commit: string): string => (/^[0-9a-f]{12,}$/i.test(commit) ? commit.slice(0, 8) : commit);

/** "sha256:0123abcd…" → "0123abcd4567": enough to compare by eye. */
export const shortHash = (hash: string): string => hash.replace(/^sha256:/, '').slice(0, 12);
