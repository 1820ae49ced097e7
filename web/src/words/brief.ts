/** As much as two or three lines of a lane on the board hold. */
const fewLines = 64;
/** As much as stands beside a state, or in few lines of a narrow column. */
export const oneOrTwoLines = 140;

/**
 * The beginning of a reason, for places that lead to the whole of it: what is in brackets goes first, then the clauses at the end, then
 * of the first clause the details that follow a colon. A reason without any of them stays whole.
 */
export function brief(reason: string, most = fewLines): string {
  if (reason.length <= most) return reason;
  const plain = reason.replace(/ \([^()]*\)/g, '');
  if (plain.length <= most) return plain;
  const [first = plain, ...clauses] = plain.split(/(?<=[;,.]) /);
  const said = withinReach(first.length > most ? first.split(/(?<=:) /) : [first, ...clauses], most);
  return said === plain ? plain : `${said.replace(/[:;,.]$/, '')} …`;
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
