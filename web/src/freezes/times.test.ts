import { expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './times';

it('goes to the input and back to the same minute', () => {
  const at = new Date('2026-11-21T14:05:00Z');
  expect(fromLocalInput(toLocalInput(at))).toBe('2026-11-21T14:05:00.000Z');
});

it('gives nothing for what is no time', () => {
  expect(fromLocalInput('')).toBeNull();
  for (const text of ['11/21/2026, 02:05 PM', '2026-02-31 10:00', '2026-11-21 25:00', '2026-11-21']) expect(fromLocalInput(text)).toBeNull();
  expect(fromLocalInput('tomorrow')).toBeNull();
});

it('takes one with a T and with single digits', () => {
  expect(fromLocalInput('2026-1-2T9:05')).toBe(new Date(2026, 0, 2, 9, 5).toISOString());
});
