const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** 12345 → "12,345"; counts of metric sources may be fractions: 36.42 → "36.4". */
export const count = (value: number): string => grouped.format(value);

/** A share as percent. Null without a whole. */
export function percent(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  return percentOf(part / whole);
}

/** As the judge writes it: two significant digits below one percent, one decimal above. */
export function percentOf(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  const digits = value < 0.01 ? 4 : value < 0.1 ? 3 : value < 1 ? 2 : 1;
  return `${value.toFixed(digits)} %`;
}

export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return value < 10 && value > 0 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

/** The latency beyond which a request counts as slow, as the judge writes it: "44.1 ms". */
export const threshold = (milliseconds: number): string => `${Number(milliseconds.toFixed(1))} ms`;

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

/** A ratio of rates and its bounds, as the judge writes them: "2.05" and "1.7". */
export const ratio = (value: number): string => value.toFixed(2);
export const ratioBound = (value: number): string => value.toFixed(1);

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
