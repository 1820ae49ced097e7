import { type Look, type Piece, readAnsi, withoutAnsi } from './ansi';

/** What the agent itself says of no step: checkout, inputs, outputs. */
export const noStep = -1;

/** Consecutive lines of one step. */
export interface Section {
  step: number;
  /** The index of its first line. */
  first: number;
  /** The index after its last line. */
  end: number;
}

/** Lines that a program has put together under a name, by `::group::NAME` before them and `::endgroup::` behind. */
export interface Group {
  name: string;
  /** The index of the line that names it. */
  first: number;
  /** The index after its last line; null: it goes on. */
  end: number | null;
  /** The last line is one that ends it; else its step ended, or goes on. */
  isClosed: boolean;
}

const groupMark = '::group::';
const groupEnd = '::endgroup::';

/**
 * A log as it comes: text in pieces that end anywhere, made of lines `<unix ms> <step> <text>`. It is kept in columns, and a line's colours are
 * read only when it is shown, so that a million lines fit.
 */
export class LogLines {
  readonly sections: Section[] = [];
  /** In the order in which they begin. */
  readonly groups: Group[] = [];
  /** In characters, of those that are shown. */
  longest = 0;
  private readonly times: number[] = [];
  private readonly texts: string[] = [];
  /** Only of lines that begin in colours that an earlier line has set. */
  private readonly looks = new Map<number, Look>();
  private rest = '';
  private look: Look = 0;
  private readonly openGroups: Group[] = [];

  get count(): number {
    return this.texts.length;
  }

  append(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.add(line);
  }

  /** Nothing more will come: what has no newline is a line too. */
  end(): void {
    if (this.rest !== '') this.append('\n');
  }

  /** What has no newline comes again. */
  dropRest(): void {
    this.rest = '';
  }

  timeOf = (index: number): number => this.times[index] ?? 0;

  /** As a terminal leaves it, without its colours. */
  plain = (index: number): string => withoutAnsi(this.texts[index] ?? '');

  pieces(index: number): Piece[] {
    return readAnsi(this.texts[index] ?? '', this.looks.get(index) ?? 0).pieces;
  }

  /** The section that a line is in; null: there is no such line. */
  sectionOf(index: number): Section | null {
    return index < 0 || index >= this.count ? null : this.sections[lastAtMost(this.sections, index, (section) => section.first)] ?? null;
  }

  private add(line: string): void {
    const { at, step, text } = partsOf(line, this.times.at(-1) ?? 0, this.sections.at(-1)?.step ?? noStep);
    const index = this.texts.length;
    const last = this.sections.at(-1);
    if (last?.step === step) last.end = index + 1;
    else {
      this.sections.push({ step, first: index, end: index + 1 });
      this.look = 0;
      // A group is its step's.
      for (const group of this.openGroups.splice(0)) group.end = index;
    }
    if (text.startsWith(groupMark)) this.beginGroup(text.slice(groupMark.length), index);
    else if (text.startsWith(groupEnd)) this.endGroup(index + 1);
    if (this.look !== 0) this.looks.set(index, this.look);
    const shown = overwritten(text);
    if (shown.includes('\u001b')) this.look = readAnsi(shown, this.look).ends;
    this.times.push(at);
    this.texts.push(shown);
    this.longest = Math.max(this.longest, shown.length);
  }

  private beginGroup(name: string, first: number): void {
    const group: Group = { name: withoutAnsi(name).trim() || 'Group', first, end: null, isClosed: false };
    this.groups.push(group);
    this.openGroups.push(group);
  }

  private endGroup(end: number): void {
    const group = this.openGroups.pop();
    if (group) Object.assign(group, { end, isClosed: true });
  }
}

const shape = /^(\d{1,15}) (-?\d{1,6})(?: |$)/;

/** A line that is not made like the others is shown as it came, where it stands. */
export function partsOf(line: string, before: number, stepBefore: number): { at: number; step: number; text: string } {
  const found = shape.exec(line);
  return found ? { at: Number(found[1]), step: Number(found[2]), text: line.slice(found[0].length) } : { at: before, step: stepBefore, text: line };
}

/** Progress that writes over itself leaves what a terminal would show in the end. */
function overwritten(text: string): string {
  if (!text.includes('\r')) return text;
  return text.split('\r').filter((part) => part !== '').at(-1) ?? '';
}

/** The index of the last item whose value is not above the wanted one; items are in order. -1: there is none. */
export function lastAtMost<T>(items: readonly T[], wanted: number, valueOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueOf(items[middle] as T) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
