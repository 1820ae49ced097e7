/** How text looks, in one number, so that a million lines can each remember how they begin. 0: plain. */
export type Look = number;

export interface Piece { text: string; look: Look }

export interface Traits {
  /** 0 to 15: the sixteen colours of a terminal; null: its own. */
  colour: number | null;
  ground: number | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underlined: boolean;
}

const colourBits = 0x1f;
const groundShift = 5;
const bold = 1 << 10;
const dim = 1 << 11;
const italic = 1 << 12;
const underlined = 1 << 13;
const inverse = 1 << 14;

const escape = '\u001b';
/** Control sequences (their parameters and final byte are caught), operating system commands such as links and titles, and other short escapes. */
const sequence = /\u001b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]?)/g;
const controls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

const withColour = (look: Look, colour: number | null): Look => (look & ~colourBits) | (colour === null ? 0 : colour + 1);
const withGround = (look: Look, colour: number | null): Look => (look & ~(colourBits << groundShift)) | ((colour === null ? 0 : colour + 1) << groundShift);

const switches: Record<number, (look: Look) => Look> = {
  0: () => 0, 1: (look) => look | bold, 2: (look) => look | dim, 3: (look) => look | italic, 4: (look) => look | underlined, 7: (look) => look | inverse,
  22: (look) => look & ~(bold | dim), 23: (look) => look & ~italic, 24: (look) => look & ~underlined, 27: (look) => look & ~inverse,
  39: (look) => withColour(look, null), 49: (look) => withGround(look, null),
};

function selected(look: Look, parameters: string): Look {
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/).map(Number);
  let now = look;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extended(codes, index + 1);
      if (colour !== null) now = code === 38 ? withColour(now, colour) : withGround(now, colour);
      index += used;
    } else if (code >= 30 && code <= 37) now = withColour(now, code - 30);
    else if (code >= 90 && code <= 97) now = withColour(now, code - 82);
    else if (code >= 40 && code <= 47) now = withGround(now, code - 40);
    else if (code >= 100 && code <= 107) now = withGround(now, code - 92);
    else now = switches[code]?.(now) ?? now;
  }
  return now;
}

/** Of the 256 colours the first sixteen are known here; others leave the text as it was. The second number: how many codes they take. */
function extended(codes: number[], at: number): [number | null, number] {
  if (codes[at] === 2) return [null, 4];
  if (codes[at] !== 5) return [null, 1];
  const colour = codes[at + 1] ?? 16;
  return [colour < 16 ? colour : null, 2];
}

/** The line in pieces of one look each, and the look with which the next line begins. Whatever would move a cursor is left out. */
export function readAnsi(line: string, begins: Look = 0): { pieces: Piece[]; ends: Look } {
  if (!line.includes(escape)) {
    const text = line.replace(controls, '');
    return { pieces: text === '' ? [] : [{ text, look: begins }], ends: begins };
  }
  const pieces: Piece[] = [];
  let look = begins;
  let from = 0;
  const take = (to: number): void => {
    const text = line.slice(from, to).replace(controls, '');
    const last = pieces.at(-1);
    if (text === '') return;
    if (last?.look === look) last.text += text;
    else pieces.push({ text, look });
  };
  for (const found of line.matchAll(sequence)) {
    take(found.index);
    from = found.index + found[0].length;
    if (found[2] === 'm') look = selected(look, found[1] ?? '');
  }
  take(line.length);
  return { pieces, ends: look };
}

/** The text alone. */
export const withoutAnsi = (line: string): string => (line.includes(escape) ? line.replace(sequence, '').replace(controls, '') : line);

export function traitsOf(look: Look): Traits {
  const colour = (look & colourBits) - 1;
  const ground = ((look >> groundShift) & colourBits) - 1;
  const turned = (look & inverse) !== 0;
  // Turned round, the terminal's own ground becomes the text's colour; ink on the page is what stands for it.
  const [front, back] = turned ? [ground, colour === -1 ? 7 : colour] : [colour, ground];
  return {
    colour: front === -1 ? null : front, ground: back === -1 ? null : back,
    bold: (look & bold) !== 0, dim: (look & dim) !== 0, italic: (look & italic) !== 0, underlined: (look & underlined) !== 0,
  };
}

/** The pieces cut where a text that is searched for begins and ends, whatever its case; `found` marks it. */
export function marked(pieces: Piece[], wanted: string): (Piece & { found: boolean })[] {
  if (wanted === '') return pieces.map((piece) => ({ ...piece, found: false }));
  const whole = pieces.map((piece) => piece.text).join('').toLowerCase();
  const word = wanted.toLowerCase();
  const cuts: [number, number][] = [];
  for (let at = whole.indexOf(word); at !== -1; at = whole.indexOf(word, at + word.length)) cuts.push([at, at + word.length]);
  const out: (Piece & { found: boolean })[] = [];
  let start = 0;
  for (const { text, look } of pieces) {
    let at = start;
    const end = start + text.length;
    for (const [from, to] of cuts) {
      if (to <= at || from >= end) continue;
      if (from > at) out.push({ text: text.slice(at - start, from - start), look, found: false });
      out.push({ text: text.slice(Math.max(from, at) - start, Math.min(to, end) - start), look, found: true });
      at = Math.min(to, end);
    }
    if (at < end) out.push({ text: text.slice(at - start), look, found: false });
    start = end;
  }
  return out;
}
