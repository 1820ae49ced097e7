import { describe, expect, it } from 'vitest';
import { marked, readAnsi, traitsOf, withoutAnsi } from './ansi';

const esc = '\u001b';
const shown = (line: string) => readAnsi(line).pieces.map(({ text, look }) => {
  const { colour, ground, ...rest } = traitsOf(look);
  return [text, colour, ground, Object.entries(rest).filter(([, has]) => has).map(([name]) => name).join(' ')];
});

describe('colours of a terminal', () => {
  it('leave plain text as it is', () => {
    expect(readAnsi('npm ci <b>').pieces).toEqual([{ text: 'npm ci <b>', look: 0 }]);
    expect(readAnsi('').pieces).toEqual([]);
  });

  it('are read with bold, grounds and their ends', () => {
    expect(shown(`a${esc}[31mred${esc}[0m b ${esc}[1;92mbright${esc}[22;39m c ${esc}[30;42mgo${esc}[m`)).toEqual([
      ['a', null, null, ''], ['red', 1, null, ''], [' b ', null, null, ''], ['bright', 10, null, 'bold'], [' c ', null, null, ''], ['go', 0, 2, ''],
    ]);
  });

  it('turn text and ground round, and take an inverted plain text for ink on a light ground', () => {
    expect(shown(`${esc}[7;31mx${esc}[27my`)).toEqual([['x', null, 1, ''], ['y', 1, null, '']]);
    expect(shown(`${esc}[7mx`)).toEqual([['x', null, 7, '']]);
  });

  it('of 256 know the first sixteen, and take no other number for something else', () => {
    expect(shown(`${esc}[38;5;9ma${esc}[38;5;208mb${esc}[38;2;1;4;7mc${esc}[48;5;4;1md`)).toEqual([
      ['abc', 9, null, ''], ['d', 9, 4, 'bold'],
    ]);
  });

  it('go on in the next line', () => {
    const { ends } = readAnsi(`${esc}[33mwarning:`);
    expect(traitsOf(readAnsi('more of it', ends).pieces[0]?.look ?? 0).colour).toBe(3);
  });

  it('are all that is obeyed: what moves the cursor, sets a title or links is left out', () => {
    expect(withoutAnsi(`${esc}[2K${esc}[1Gdone ${esc}]0;title\u0007${esc}]8;;https://example.org${esc}\\here${esc}]8;;${esc}\\${esc}(B!`)).toBe('done here!');
    expect(readAnsi(`${esc}[2K\u0008tick${esc}[?25h`).pieces).toEqual([{ text: 'tick', look: 0 }]);
  });

  it('that are cut off at the end of a line show nothing strange', () => {
    expect(withoutAnsi(`text${esc}[3`)).toBe('text3');
    expect(withoutAnsi(`text${esc}`)).toBe('text');
  });
});

describe('what is searched for', () => {
  it('is marked whatever its case, also across colours', () => {
    const { pieces } = readAnsi(`an Er${esc}[31mror and an error`);
    expect(marked(pieces, 'error').map(({ text, found }) => [text, found])).toEqual([
      ['an ', false], ['Er', true], ['ror', true], [' and an ', false], ['error', true],
    ]);
  });

  it('is nothing when nothing is wanted', () => {
    expect(marked([{ text: 'abc', look: 0 }], '')).toEqual([{ text: 'abc', look: 0, found: false }]);
  });
});
