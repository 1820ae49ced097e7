import { expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './times';

it('goes to the input and back to the same minute', () => {
  const at = new Date('2026-11-21T14:05:00Z');
  expect(fromLocalInput(toLocalInput(at))).toBe('2026-11-21T14:05:00.000Z');
});

it('gives nothing for what is no time', () => {
  expect(fromLocalInput('')).toBeNull();
  expect(fromLocalInput('tomorrow')).toBeNull();
});
