import type { RunStepState } from '../api/types';
import { type Group, lastAtMost, noStep, type Section } from './logLines';

/** A section or a group as it is shown, or lines behind a group: a heading, where it has one, and lines up to the next fold. */
export interface Fold {
  section: Section;
  /** Null: it is the section's own, or lines behind a group. */
  group: Group | null;
  hasHeading: boolean;
  open: boolean;
  row: number;
  /** Its lines; none where it is closed. */
  first: number;
  end: number;
  /** In how many groups its lines are. */
  level: number;
}

export type Row = { kind: 'heading'; fold: Fold } | { kind: 'group'; fold: Fold; group: Group } | { kind: 'line'; index: number; level: number };

/** Which row shows what, for any number of lines: only the sections and groups are gone through. */
export interface Rows { folds: Fold[]; count: number }

export function rowsOf(sections: readonly Section[], isOpen: (section: Section) => boolean, groups: readonly Group[] = [], isGroupOpen: (group: Group) => boolean = () => true): Rows {
  const folds: Fold[] = [];
  let row = 0;
  let next = 0;
  const put = (fold: Made, end: number): void => {
    const lines = Math.max(0, end - fold.first);
    if (!fold.hasHeading && lines === 0) return;
    folds.push({ ...fold, end: fold.first + lines, row });
    row += (fold.hasHeading ? 1 : 0) + lines;
  };
  for (const section of sections) {
    const open = isOpen(section);
    const plain = (first: number, level: number): Made => ({ section, group: null, hasHeading: false, open: true, first, level });
    const within: Group[] = [];
    let fold: Made = { ...plain(section.first, 0), hasHeading: true, open };
    /** Up to here nothing is shown. */
    let folded = open ? section.first : section.end;
    const leave = (upTo: number): void => {
      for (let last = within.at(-1); last && last.end !== null && last.end <= upTo; last = within.at(-1)) {
        within.pop();
        // The line that ends a group is not shown.
        put(fold, last.isClosed ? last.end - 1 : last.end);
        fold = plain(last.end, within.length);
      }
    };
    for (let group = groups[next]; group && group.first < section.end; group = groups[++next]) {
      if (group.first < folded) continue;
      leave(group.first);
      put(fold, group.first);
      fold = { section, group, hasHeading: true, open: isGroupOpen(group), first: group.first + 1, level: within.length + 1 };
      if (fold.open) within.push(group);
      else {
        put(fold, fold.first);
        folded = group.end ?? section.end;
        fold = plain(folded, within.length);
      }
    }
    if (open) leave(section.end);
    put(fold, open ? section.end : section.first);
  }
  return { folds, count: row };
}

/** A fold whose end is not known yet. */
type Made = Omit<Fold, 'row' | 'end'>;

export function rowAt({ folds }: Rows, row: number): Row | null {
  const fold = folds[lastAtMost(folds, row, (each) => each.row)];
  if (!fold) return null;
  const within = row - fold.row - (fold.hasHeading ? 1 : 0);
  if (within < 0) return fold.group ? { kind: 'group', fold, group: fold.group } : { kind: 'heading', fold };
  return within < fold.end - fold.first ? { kind: 'line', index: fold.first + within, level: fold.level } : null;
}

/** The row of a line, or of the heading that it names; null where it is folded away or there is no such line. */
export function rowOfLine({ folds }: Rows, line: number): number | null {
  const at = lastAtMost(folds, line, firstOf);
  const fold = folds[at];
  if (!fold || line >= fold.section.end) return null;
  if (line < fold.first) return fold.row;
  if (line < fold.end) return fold.row + (fold.hasHeading ? 1 : 0) + line - fold.first;
  // The line that ends a group is shown nowhere: it is where the group's last one is.
  return fold.open ? fold.row + Math.max(0, (fold.hasHeading ? 1 : 0) + fold.end - fold.first - 1) : null;
}

/** The first line that a fold stands for: a group's is the one that names it. */
const firstOf = (fold: Fold): number => (fold.group ? fold.first - 1 : fold.first);

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

/** The groups that a line is in, and the one that it names. */
export const groupsOf = (groups: readonly Group[], line: number): Group[] => groups.filter((group) => group.first <= line && (group.end === null || line < group.end));
