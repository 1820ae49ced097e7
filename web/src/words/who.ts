/** Slipway's own deeds stand under its identity; in sentences it has its name. */
export const who = (identity: string): string => (identity === 'slipway' ? 'Slipway' : identity);
