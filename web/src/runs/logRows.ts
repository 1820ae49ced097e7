import type { RunStepState } from '../api/types';
import { lastAtMost, noStep, type Section } from './logLines';

/** A section as it is shown: its heading, and its lines where it is open. */
export interface Fold { section: Section; open: boolean; row: number }

export type Row = { kind: 'heading'; fold: Fold } | { kind: 'line'; index: number };

/** Which row shows what, for any number of lines: only the sections are gone through. */
export interface Rows { folds: Fold[]; count: number }

export function rowsOf(sections: readonly Section[], isOpen: (section: Section) => boolean): Rows {
  const folds: Fold[] = [];
  let row = 0;
  for (const section of sections) {
    const open = isOpen(section);
    folds.push({ section, open, row });
    row += 1 + (open ? section.end - section.first : 0);
  }
  return { folds, count: row };
}

export function rowAt({ folds }: Rows, row: number): Row | null {
  const fold = folds[lastAtMost(folds, row, (each) => each.row)];
  if (!fold) return null;
  const within = row - fold.row;
  if (within === 0) return { kind: 'heading', fold };
  return fold.open && within <= fold.section.end - fold.section.first ? { kind: 'line', index: fold.section.first + within - 1 } : null;
}

/** The row of a line; null where its section is folded or there is no such line. */
export function rowOfLine({ folds }: Rows, line: number): number | null {
  const fold = folds[lastAtMost(folds, line, (each) => each.section.first)];
  return fold?.open && line < fold.section.end ? fold.row + 1 + line - fold.section.first : null;
}

/** The rows that a window of some height shows, with some around it so that scrolling finds them there. */
export function shownRows(count: number, top: number, height: number, rowHeight: number, around: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(count, Math.floor(top / rowHeight)) - around);
  return { from, to: Math.min(count, Math.ceil((top + height) / rowHeight) + around) };
}

/** The line, counted from 0, that an address ends in: `#L120` is 119. */
export function lineOfHash(hash: string): number | null {
  const found = /^#L([1-9]\d{0,8})$/.exec(hash);
  return found ? Number(found[1]) - 1 : null;
}

/** What a section's place in its job says of whether a person wants to read it. */
export interface Told { isRunning: boolean; hasFailed: boolean; stepStates: readonly RunStepState[] }

/** What runs or failed is open by itself; what went well is folded, unless it is all there is. */
export function opensByItself(section: Section, sections: readonly Section[], { isRunning, hasFailed, stepStates }: Told): boolean {
  if (sections.length === 1) return true;
  const state = stepStates[section.step];
  if (section.step !== noStep) return state === undefined || state === 'running' || state === 'failed' || stepStates.length === 1;
  const isLast = section === sections.at(-1);
  return isLast && (isRunning || (hasFailed && !stepStates.includes('failed')));
}
