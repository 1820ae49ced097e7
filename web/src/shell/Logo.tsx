/** A hull on its slipway. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f5f70" />
      <path d="M6 23.5 26 16v3.2L6 26.7z" fill="#8fd3dd" />
      <path d="M8.2 18.6 22.6 13.2l-1.4-3.9-4.6 1.7-1-2.7-3 1.1 1 2.7-6.6 2.5z" fill="#fff" />
    </svg>
  );
}
