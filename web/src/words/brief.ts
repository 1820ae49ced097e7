/** As much as two or three lines of a lane on the board hold. */
const fewLines = 72;

/**
 * The beginning of a reason, for places that lead to the whole of it: what is in brackets goes first, then all after the first clause,
 * then the details that follow a colon. A reason without any of them stays whole.
 */
export function brief(reason: string, most = fewLines): string {
  if (reason.length <= most) return reason;
  const plain = reason.replace(/ \([^()]*\)/g, '');
  if (plain.length <= most) return plain;
  const [clause = plain] = plain.split(/[;,.] /);
  const [first = clause, ...details] = clause.split(/(?<=:) /);
  let said = first;
  for (const detail of details) {
    if (said.length + 1 + detail.length > most) break;
    said += ` ${detail}`;
  }
  return said === plain ? plain : `${said.replace(/:$/, '')} …`;
}

/** The reason with those of its parts in brief that stand in full elsewhere on the page. */
export const briefIn = (reason: string, parts: string[]): string =>
  parts.filter((part) => part !== '').reduce((text, part) => text.replace(part, () => brief(part)), reason);
