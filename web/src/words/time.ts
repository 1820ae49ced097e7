const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const exactFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const shortFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** Such as "Sat, 21 Nov 2026, 14:02:11 GMT+1". */
export const exactTime = (at: string | number): string => exactFormat.format(new Date(at));
/** Such as "14:02:11". */
export const clockTime = (at: string | number): string => clockFormat.format(new Date(at));
/** Such as "14:02". */
export const shortClock = (at: string | number): string => minuteFormat.format(new Date(at));
/** Such as "21 Nov, 14:02". */
export const shortTime = (at: string | number): string => shortFormat.format(new Date(at));

const dayUnit = (days: number): string => (days === 1 ? 'day' : 'days');

/** The two largest units of a duration in milliseconds, such as "2 min 40 s", "3 h", "45 s"; the command line writes them likewise. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / second));
  if (total < 60) return `${total} s`;
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), dayUnit(Math.floor(total / 86_400))],
    [Math.floor((total % 86_400) / 3600), 'h'],
    [Math.floor((total % 3600) / 60), 'min'],
    [total % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** Time with the units of durations: "just now", "4 min ago", "in 1 h 59 min", "3 days ago", and the date when it is more than a month away. */
export function relativeTime(at: string | number, now: number): string {
  const distance = now - new Date(at).getTime();
  const size = Math.abs(distance);
  if (size < 5 * second) return 'just now';
  if (size > 30 * day) return dateFormat.format(new Date(at));
  if (distance < 0) return `in ${duration(size)}`;
  const words =
    size < minute ? `${Math.floor(size / (5 * second)) * 5} s`
    : size < hour ? `${Math.floor(size / minute)} min`
    : size < day ? `${Math.floor(size / hour)} h`
    : `${Math.floor(size / day)} ${dayUnit(Math.floor(size / day))}`;
  return `${words} ago`;
}

/** What is left until then, such as "1 min 20 s"; null once it is past. */
export function countdown(until: string, now: number): string | null {
  const left = new Date(until).getTime() - now;
  return left > 0 ? duration(left) : null;
}
