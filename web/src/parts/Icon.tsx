import type { JSX } from 'react';

/** Line icons on a 16 × 16 grid; always beside a word or inside something that has a name, so hidden from assistive technology. */
const paths = {
  check: <path d="m3.5 8.5 3 3 6-7" />,
  cross: <path d="m4.5 4.5 7 7m0-7-7 7" />,
  warning: <><path d="M8 2.2 14.4 13H1.6z" strokeLinejoin="round" /><path d="M8 6.4v3M8 11.2v.1" /></>,
  clock: <><circle cx="8" cy="8" r="5.6" /><path d="M8 4.9V8l2.1 1.4" /></>,
  pause: <path d="M5.6 4v8m4.8-8v8" />,
  play: <path d="M5.2 3.6v8.8L12 8z" strokeLinejoin="round" />,
  skip: <><path d="M4 3.8v8.4L9.8 8z" strokeLinejoin="round" /><path d="M12 4v8" /></>,
  stop: <rect x="4.2" y="4.2" width="7.6" height="7.6" rx="1" />,
  retry: <><path d="M12.8 8a4.8 4.8 0 1 1-1.5-3.5" /><path d="M12.9 2.4v2.9H10" /></>,
  back: <><path d="M6.4 4 2.8 7.6l3.6 3.6" /><path d="M3.2 7.6h6a3.4 3.4 0 0 1 0 6.8H8" /></>,
  arrow: <path d="M3 8h9.5M9 4.5 12.5 8 9 11.5" />,
  chevron: <path d="m6 3.8 4.2 4.2L6 12.2" />,
  snow: <path d="M8 1.8v12.4M2.6 4.9l10.8 6.2m0-6.2L2.6 11.1M6.2 2.6 8 4.2l1.8-1.6M6.2 13.4 8 11.8l1.8 1.6" />,
  hold: <><rect x="3.6" y="7" width="8.8" height="6.4" rx="1.4" /><path d="M5.6 7V5.2a2.4 2.4 0 0 1 4.8 0V7" /></>,
  veto: <><circle cx="8" cy="8" r="5.6" /><path d="m4.2 4.2 7.6 7.6" /></>,
  search: <><circle cx="7" cy="7" r="4.4" /><path d="m10.4 10.4 3.2 3.2" /></>,
  sun: <><circle cx="8" cy="8" r="2.8" /><path d="M8 1.4v1.4m0 10.4v1.4M1.4 8h1.4m10.4 0h1.4M3.3 3.3l1 1m7.4 7.4 1 1m0-9.4-1 1m-7.4 7.4-1 1" /></>,
  moon: <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" strokeLinejoin="round" />,
  system: <><rect x="2" y="3" width="12" height="8" rx="1.2" /><path d="M6 13.6h4" /></>,
  copy: <><rect x="5.6" y="5.6" width="7.6" height="7.6" rx="1.4" /><path d="M3.6 10.4a1 1 0 0 1-1-1V3.8a1.2 1.2 0 0 1 1.2-1.2h5.6a1 1 0 0 1 1 1" /></>,
  external: <><path d="M6.4 3.4H3.8a1 1 0 0 0-1 1v7.8a1 1 0 0 0 1 1h7.8a1 1 0 0 0 1-1V9.6" /><path d="M9.4 2.8h3.8v3.8m-.2-3.6L7.8 8.2" /></>,
  log: <path d="M3 4h10M3 8h10M3 12h6" />,
  code: <path d="m5.4 4.4-3.6 3.6 3.6 3.6m5.2-7.2 3.6 3.6-3.6 3.6" />,
  box: <><path d="m8 1.8 5.6 3v6.4L8 14.2l-5.6-3V4.8z" strokeLinejoin="round" /><path d="M2.6 4.9 8 7.8l5.4-2.9M8 7.8v6.2" /></>,
  download: <path d="M8 2.4v7.4M4.8 6.8 8 10l3.2-3.2M2.8 13.4h10.4" />,
  plus: <path d="M8 3.2v9.6M3.2 8h9.6" />,
  board: <><rect x="2.4" y="2.6" width="11.2" height="10.8" rx="1.6" /><path d="M2.6 6.4h10.8M6.8 6.6v6.6" /></>,
  run: <><circle cx="3.6" cy="8" r="1.9" /><circle cx="12.4" cy="4" r="1.9" /><circle cx="12.4" cy="12" r="1.9" /><path d="M5.4 7.2 10.6 4.8M5.4 8.8l5.2 2.4" /></>,
  fold: <path d="m4 6.2 4 4 4-4" />,
  activity: <path d="M1.8 8.4h2.6L6.4 3.4l3 9.2 1.8-4.2h3" strokeLinejoin="round" />,
  key: <><circle cx="5.2" cy="10.8" r="2.8" /><path d="m7.4 8.8 5.4-5.4m-2.6 2.8 1.8 1.8" /></>,
  keyboard: <><rect x="1.6" y="4" width="12.8" height="8" rx="1.4" /><path d="M4.2 6.6h.1m2.4 0h.1m2.4 0h.1m2.4 0h.1M5 9.6h6" /></>,
  unplugged: <><path d="m2.4 13.6 2.4-2.4m6.4-6.4 2.4-2.4M6.6 6.2l3.2 3.2-1.2 1.2a2.6 2.6 0 0 1-3.7 0 2.6 2.6 0 0 1 0-3.7z" strokeLinejoin="round" /><path d="m8.6 5 .8-.8a2.6 2.6 0 0 1 3 .6 2.6 2.6 0 0 1 .2 3l-.8.8" /></>,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round"
      aria-hidden="true" focusable="false"
    >
      {paths[name]}
    </svg>
  );
}
