import type { Maybe, RunJobView } from '../api/types';

/** Shares of the whole width, from 0 to 1. */
export interface Stretch { from: number; to: number }
export interface Bar { job: RunJobView; waited: Stretch | null; ran: Stretch | null; waitedFor: number | null; ranFor: number | null }
export interface Waterfall {
  bars: Bar[];
  /** Milliseconds in which anything waited or ran. */
  busy: number;
  /** Where time in which nothing happened is cut out: between a run and its re-run. */
  cuts: number[];
}

interface Piece { from: number; to: number }

const time = (at: Maybe<string>): number | null => (at ? new Date(at).getTime() : null);

/** A pause between two attempts at a run takes no more than this share of what went on. */
const widestPause = 0.06;

/** A bar for each job: how long it waited for an agent, and how long it ran; what goes on ends now. */
export function waterfallOf(jobs: RunJobView[], now: number): Waterfall {
  const pieces = jobs.flatMap((job) => piecesOf(job, now));
  const busyTimes = merged(pieces.flatMap(({ waited, ran }) => [waited, ran]).filter((piece) => piece !== null));
  const busy = busyTimes.reduce((sum, { from, to }) => sum + to - from, 0);
  const { place, cuts } = scaleOf(busyTimes, busy);
  const stretch = (piece: Piece | null): Stretch | null => (piece ? { from: place(piece.from), to: place(piece.to) } : null);
  return {
    busy, cuts,
    bars: pieces.map(({ job, waited, ran }) => ({
      job, waited: stretch(waited), ran: stretch(ran), waitedFor: waited ? waited.to - waited.from : null, ranFor: ran ? ran.to - ran.from : null,
    })),
  };
}

function piecesOf(job: RunJobView, now: number): { job: RunJobView; waited: Piece | null; ran: Piece | null }[] {
  const [queued, started, ended] = [time(job.queuedAt), time(job.startedAt), time(job.endedAt)];
  if (queued === null && started === null) return [];
  const until = (from: number, to: number | null): Piece => ({ from, to: Math.max(from, to ?? now) });
  return [{
    job,
    waited: queued === null ? null : until(queued, started ?? ended),
    ran: started === null ? null : until(started, ended),
  }];
}

function merged(pieces: Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && piece.from <= last.to) last.to = Math.max(last.to, piece.to);
    else all.push({ ...piece });
  }
  return all;
}

/** Time to a share of the width: as it went, but for pauses that are longer than they may be wide. */
function scaleOf(busyTimes: Piece[], busy: number): { place: (at: number) => number; cuts: number[] } {
  const widest = busy * widestPause;
  let width = 0;
  const cutAt: number[] = [];
  const starts = busyTimes.map((piece, index) => {
    const before = busyTimes[index - 1];
    const pause = before ? piece.from - before.to : 0;
    if (pause > widest) cutAt.push(width + widest / 2);
    width += Math.min(pause, widest);
    const start = width;
    width += piece.to - piece.from;
    return { piece, start };
  });
  const share = (value: number): number => (width === 0 ? 0 : Math.min(1, Math.max(0, value / width)));
  return {
    cuts: cutAt.map(share),
    place: (at) => {
      const found = starts.findLast(({ piece }) => piece.from <= at);
      return found ? share(found.start + Math.min(at, found.piece.to) - found.piece.from) : 0;
    },
  };
}
