/** As much as two lines of a lane on the board hold. */
const twoLines = 72;

/**
 * The beginning of a reason, cut where a clause ends, for places that lead to the whole of it: what is in brackets goes first, then
 * clauses from the end. A reason without clauses stays whole.
 */
export function brief(reason: string, most = twoLines): string {
  if (reason.length <= most) return reason;
  const plain = reason.replace(/ \([^()]*\)/g, '');
  if (plain.length <= most) return plain;
  const [first = plain, ...rest] = plain.split(/(?<=[:;,.]) /);
  let said = first;
  for (const clause of rest) {
    if (said.length + 1 + clause.length > most) break;
    said += ` ${clause}`;
  }
  return said === plain ? plain : `${said.replace(/[:;,.]$/, '')} …`;
}

/** The reason with those of its parts in brief that stand in full elsewhere on the page. */
export const briefIn = (reason: string, parts: string[]): string =>
  parts.filter((part) => part !== '').reduce((text, part) => text.replace(part, () => brief(part)), reason);
