import type { LedgerEntry } from '../api/types';
import { brief } from '../words/brief';

/** Where entries have their reasons, by type. */
const reasonFields = ['reason', 'why', 'note', 'detail'];

function reasonOf({ body }: LedgerEntry): string | null {
  const fields: Record<string, unknown> = body ?? {};
  const reason = reasonFields.map((name) => fields[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof reason === 'string' ? reason : null;
}

/** The sentence with its reason left out; unchanged where the reason is not its end. */
function without(text: string, reason: string): string {
  const [said, rest] = [`: ${reason}`, `; ${reason}`].map((end) => text.split(end)).find((parts) => parts.length === 2) ?? [];
  return said !== undefined && (rest === '.' || rest === '') ? `${said}.` : text;
}

/**
 * What entries, newest first, say below each other: one reason runs through many of them, so the first to have it says it, and those
 * that follow from it do not. With `most`, longer reasons are in brief.
 */
export function tell(entries: LedgerEntry[], most = Infinity): string[] {
  const said = new Set<string>();
  return [...entries].reverse().map((entry) => {
    const reason = reasonOf(entry);
    if (reason === null || !entry.text.includes(reason)) return entry.text;
    if (said.has(reason)) return without(entry.text, reason);
    said.add(reason);
    return entry.text.replace(reason, () => brief(reason, most)).replace(/…\.$/, '…');
  }).reverse();
}
