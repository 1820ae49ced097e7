/** As much as two or three lines of a lane on the board hold. */
const fewLines = 64;
/** As much as stands beside a state, or in few lines of a narrow column. */
export const oneOrTwoLines = 140;

/**
 * The beginning of a reason, for places that lead to the whole of it: what is in brackets goes first, then the clauses at the end, then
 * of the first clause the details that follow a colon. Where only names would be left, as many of the details stay as fit. A reason
 * without any of them stays whole.
 */
export function brief(reason: string, most = fewLines): string {
  if (reason.length <= most) return reason;
  const plain = reason.replace(/ \([^()]*\)/g, '');
  if (plain.length <= most) return plain;
  const [first = plain, ...clauses] = plain.split(/(?<=[;,.]) /);
  const parts = first.length > most ? first.split(/(?<=:) /) : [first, ...clauses];
  const begun = withinReach(parts, most);
  const said = begun.endsWith(':') && begun.length < most * mostlyNames ? withWords(begun, plain, most) : begun;
  return said === plain ? plain : `${said.replace(/[:;,.]$/, '')} …`;
}

/** So much of the place that names alone hardly take it. */
const mostlyNames = 2 / 3;

/** As many words more as fit; a number stays with what it counts. */
function withWords(begun: string, plain: string, most: number): string {
  const words = plain.slice(begun.length).trim().replace(/ (?=%|ms\b|s\b)/g, '\u00a0').split(' ');
  return withinReach([begun, ...words], most).replace(/\u00a0/g, ' ').replace(/(?: (?:vs|of|in|to|at|than|the|slower|canary|stable|ratio))+$/, '');
}

/** The first part, and those after it that still fit. */
function withinReach([first = '', ...rest]: string[], most: number): string {
  let said = first;
  for (const part of rest) {
    if (said.length + 1 + part.length > most) break;
    said += ` ${part}`;
  }
  return said;
}

/** The reason with those of its parts in brief that stand in full elsewhere on the page. */
export const briefIn = (reason: string, parts: string[], most = fewLines): string =>
  parts.filter((part) => part !== '').reduce((text, part) => text.replace(part, () => brief(part, most)), reason);
