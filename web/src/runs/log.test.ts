import { describe, expect, it } from 'vitest';
import { LogLines, partsOf } from './logLines';
import { groupsOf, lineOfHash, opensByItself, rowAt, rowOfLine, rowsOf, shownRows } from './logRows';
import { LogSearch } from './logSearch';

const log = (...pieces: string[]): LogLines => {
  const lines = new LogLines();
  for (const piece of pieces) lines.append(piece);
  return lines;
};
const texts = (lines: LogLines): string[] => Array.from({ length: lines.count }, (_, index) => lines.plain(index));

const whole = '1000 -1 ## checkout of 4f1c2a9b\n1500 0 npm ci\n1600 0 added 12 packages\n2000 1 PASS all\n2100 -1 ## outputs packed\n';

describe('the lines of a log', () => {
  it('have a time, a step and a text that may be empty or hold anything', () => {
    expect(partsOf('1763726400123 0  two spaces 12 13', 0, 0)).toEqual({ at: 1763726400123, step: 0, text: ' two spaces 12 13' });
    expect(partsOf('1763726400123 3 ', 0, 0)).toEqual({ at: 1763726400123, step: 3, text: '' });
    expect(partsOf('1763726400123 -1 ## checkout', 0, 0)).toEqual({ at: 1763726400123, step: -1, text: '## checkout' });
  });

  it('that are made otherwise stay where they stand', () => {
    expect(partsOf('something else', 77, 2)).toEqual({ at: 77, step: 2, text: 'something else' });
  });

  it('come together from pieces that end anywhere', () => {
    for (let cut = 1; cut < whole.length; cut++) expect(texts(log(whole.slice(0, cut), whole.slice(cut)))).toEqual(texts(log(whole)));
    expect(texts(log(whole))).toHaveLength(5);
  });

  it('are not shown before they are whole, unless nothing more comes', () => {
    const lines = log('1 0 half');
    expect(lines.count).toBe(0);
    lines.end();
    lines.end();
    expect(texts(lines)).toEqual(['half']);
  });

  it('stand in sections by step', () => {
    expect(log(whole).sections).toEqual([{ step: -1, first: 0, end: 1 }, { step: 0, first: 1, end: 3 }, { step: 1, first: 3, end: 4 }, { step: -1, first: 4, end: 5 }]);
    expect(log(whole).sectionOf(2)).toMatchObject({ step: 0 });
    expect(log(whole).sectionOf(5)).toBeNull();
  });

  it('keep a colour over lines of a step, and not beyond it', () => {
    const lines = log('1 0 \u001b[31mred\n2 0 still\n3 1 plain\n');
    expect(lines.pieces(1)[0]?.look).not.toBe(0);
    expect(lines.pieces(2)[0]?.look).toBe(0);
  });

  it('that were written over show what came last', () => {
    expect(texts(log('1 0 10 %\r20 %\r100 %\n2 0 end\r\n'))).toEqual(['100 %', 'end']);
  });
});

describe('the rows', () => {
  const { sections } = log(whole);
  const rows = rowsOf(sections, (section) => section.step === 0);

  it('are a heading for each section, and the lines of those that are open', () => {
    expect(rows.count).toBe(6);
    expect(Array.from({ length: 7 }, (_, row) => rowAt(rows, row)).map((row) => (row?.kind === 'line' ? row.index : row?.kind ?? null)))
      .toEqual(['heading', 'heading', 1, 2, 'heading', 'heading', null]);
  });

  it('know where a line is, unless it is folded away', () => {
    expect(rowOfLine(rows, 2)).toBe(3);
    expect(rowOfLine(rows, 3)).toBeNull();
    expect(rowOfLine(rows, 99)).toBeNull();
  });

  it('are found as fast among a million lines', () => {
    const many = rowsOf([{ step: 0, first: 0, end: 1_000_000 }], () => true);
    expect(rowAt(many, 1_000_000)).toEqual({ kind: 'line', index: 999_999, level: 0 });
    expect(shownRows(many.count, 22 * 500_000, 600, 22, 10)).toEqual({ from: 499_990, to: 500_038 });
  });

  it('are never more than there are', () => {
    expect(shownRows(5, 0, 600, 22, 10)).toEqual({ from: 0, to: 5 });
    expect(shownRows(5, 4000, 600, 22, 10)).toEqual({ from: 0, to: 5 });
    expect(shownRows(0, 0, 600, 22, 10)).toEqual({ from: 0, to: 0 });
  });
});

describe('groups that a program makes', () => {
  //                          0           1               2        3                4        5                6         7                8         9
  const lines = log('1 0 start\n1 0 ::group::outer\n1 0 a\n1 0 ::group::inner\n1 0 b\n1 0 ::endgroup::\n1 0 c\n1 0 ::endgroup::\n1 0 after\n1 0 ::group::open\n1 0 d\n1 1 ::endgroup::\n1 1 next\n');
  const shown = (closed: string[] = [], closedSteps: number[] = []): string[] => {
    const rows = rowsOf(lines.sections, (section) => !closedSteps.includes(section.step), lines.groups, (group) => !closed.includes(group.name));
    const all = Array.from({ length: rows.count }, (_, row) => rowAt(rows, row));
    for (let line = 0; line < lines.count; line++) {
      const row = rowOfLine(rows, line);
      const at = row === null ? null : all[row];
      if (at?.kind === 'line' && !lines.plain(line).startsWith('::endgroup')) expect(at.index).toBe(line);
      if (at?.kind === 'group' && !lines.plain(line).startsWith('::endgroup')) expect(at.group.first).toBe(line);
      if (closed.length + closedSteps.length === 0) expect(at).toBeTruthy();
    }
    return all.map((row) => (row?.kind === 'line' ? `${' '.repeat(row.level)}${lines.plain(row.index)}` : row?.kind === 'group' ? `${' '.repeat(row.fold.level - 1)}> ${row.group.name}` : `# ${row?.fold.section.step}`));
  };

  it('are found, one in the other, and end with their step', () => {
    expect(lines.groups).toEqual([
      { name: 'outer', first: 1, end: 8, isClosed: true }, { name: 'inner', first: 3, end: 6, isClosed: true }, { name: 'open', first: 9, end: 11, isClosed: false },
    ]);
    expect(log('1 0 ::group::goes on\n1 0 a\n').groups).toEqual([{ name: 'goes on', first: 0, end: null, isClosed: false }]);
    expect(groupsOf(lines.groups, 4).map((group) => group.name)).toEqual(['outer', 'inner']);
  });

  it('are shown under their names, without the lines that end them', () => {
    expect(shown()).toEqual(['# 0', 'start', '> outer', ' a', ' > inner', '  b', ' c', 'after', '> open', ' d', '# 1', '::endgroup::', 'next']);
  });

  it('fold away with all that is in them', () => {
    expect(shown(['inner'])).toEqual(['# 0', 'start', '> outer', ' a', ' > inner', ' c', 'after', '> open', ' d', '# 1', '::endgroup::', 'next']);
    expect(shown(['outer', 'open'])).toEqual(['# 0', 'start', '> outer', 'after', '> open', '# 1', '::endgroup::', 'next']);
    expect(shown(['outer'], [0])).toEqual(['# 0', '# 1', '::endgroup::', 'next']);
  });
});

describe('what is open by itself', () => {
  const { sections } = log(whole);
  const open = (stepStates: Parameters<typeof opensByItself>[2]['stepStates'], isRunning = false, hasFailed = false): boolean[] =>
    sections.map((section) => opensByItself(section, sections, { isRunning, hasFailed, stepStates }));

  it('is the step that failed or runs', () => {
    expect(open(['succeeded', 'failed'], false, true)).toEqual([false, false, true, false]);
    expect(open(['succeeded', 'running'], true)).toEqual([false, false, true, true]);
  });

  it('is what the agent said at the end when no step failed and the job did', () => {
    expect(open(['succeeded', 'succeeded'], false, true)).toEqual([false, false, false, true]);
  });

  it('is everything of which the states are not known, and what there is alone', () => {
    expect(open([])).toEqual([false, true, true, false]);
    const alone = log('1 -1 ## checkout\n').sections;
    expect(opensByItself(alone[0]!, alone, { isRunning: false, hasFailed: false, stepStates: [] })).toBe(true);
  });
});

describe('the search', () => {
  const lines = log(whole);

  it('goes a part at a time and on with what has come since', () => {
    const search = new LogSearch('PA', lines.plain);
    expect(search.advance(3, 2)).toBe(true);
    expect(search.advance(3, 2)).toBe(false);
    expect(search.found).toEqual([2]);
    expect(search.advance(lines.count, 100)).toBe(false);
    expect(search.found).toEqual([2, 3, 4]);
  });

  it('for nothing finds nothing', () => {
    const search = new LogSearch('', lines.plain);
    search.advance(lines.count, 100);
    expect(search.found).toEqual([]);
  });
});

describe('the address of a line', () => {
  it.each([['#L1', 0], ['#L120', 119], ['#L0', null], ['#L', null], ['', null], ['#L1x', null], ['#L-3', null]])('%s', (hash, line) => {
    expect(lineOfHash(hash)).toBe(line);
  });
});
