const pad = (n: number): string => String(n).padStart(2, '0');

/** A time as people type it: local, to the minute, such as "2026-11-21 14:05". A browser's own input would write it by the habits of its language. */
export function toLocalInput(at: Date): string {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** Back to RFC 3339 in UTC; null when it is no time. */
export function fromLocalInput(text: string): string | null {
  const parts = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2}):(\d{2})\s*$/.exec(text)?.slice(1).map(Number);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts;
  const at = new Date(year, month - 1, day, hour, minute);
  // The 31st of a month of 30 days would become the 1st of the next.
  return at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60 ? at.toISOString() : null;
}
