import type { GateState, JobOutcome, JobState, LaneHealth, Maybe, PromotionState, RingState, RolloutState, RunState, RunStepState, StepState, Verdict } from '../api/types';

/** How a state feels; a colour and a shape belong to each. */
export type Tone = 'good' | 'bad' | 'attention' | 'active' | 'waiting' | 'quiet';

export interface StateWords {
  word: string;
  tone: Tone;
}

export const laneHealth: Record<LaneHealth, StateWords> = {
  healthy: { word: 'Healthy', tone: 'good' },
  degraded: { word: 'Degraded', tone: 'attention' },
  down: { word: 'Down', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'attention' },
  empty: { word: 'Nothing runs', tone: 'quiet' },
};

export const promotionState: Record<PromotionState, StateWords> = {
  waiting: { word: 'Waiting', tone: 'waiting' },
  approved: { word: 'Approved', tone: 'active' },
  rollingOut: { word: 'Rolling out', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  rolledBack: { word: 'Rolled back', tone: 'bad' },
  aborted: { word: 'Aborted', tone: 'quiet' },
  superseded: { word: 'Superseded', tone: 'quiet' },
  rejected: { word: 'Rejected', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
};

export const rolloutState: Record<RolloutState, StateWords> = {
  running: { word: 'Running', tone: 'active' },
  paused: { word: 'Paused', tone: 'waiting' },
  verifying: { word: 'Verifying', tone: 'active' },
  watching: { word: 'Watching', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  rollingBack: { word: 'Rolling back', tone: 'attention' },
  rolledBack: { word: 'Rolled back', tone: 'bad' },
  aborted: { word: 'Aborted', tone: 'quiet' },
  needsAttention: { word: 'Needs attention', tone: 'bad' },
};

/** A pause that ends by itself is nobody's business: it does not look like one that waits for a person. */
export const rolloutNow = (state: RolloutState, until: Maybe<string>): StateWords =>
  state === 'paused' && until ? { word: 'Pausing', tone: 'active' } : rolloutState[state];

export const gateState: Record<GateState, StateWords> = {
  open: { word: 'Open', tone: 'good' },
  waiting: { word: 'Waiting', tone: 'waiting' },
  closed: { word: 'Closed', tone: 'bad' },
};

/** A gate that was still shut when its promotion ended for another reason: nobody waits at it, and nothing will open it. */
export const gateNow = (state: GateState, over: boolean): StateWords => (over && state === 'waiting' ? { word: 'Never opened', tone: 'quiet' } : gateState[state]);

export const stepState: Record<StepState, StateWords> = {
  pending: { word: 'to come', tone: 'quiet' },
  current: { word: 'now', tone: 'active' },
  done: { word: 'done', tone: 'good' },
  skipped: { word: 'skipped', tone: 'quiet' },
  failed: { word: 'failed', tone: 'bad' },
  stopped: { word: 'stopped', tone: 'quiet' },
};

export const verdict: Record<Verdict, StateWords> = {
  passed: { word: 'Passed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  inconclusive: { word: 'Inconclusive', tone: 'waiting' },
};

const instanceStates: Record<string, StateWords> = {
  starting: { word: 'Starting', tone: 'active' },
  probing: { word: 'Probing', tone: 'active' },
  healthy: { word: 'Healthy', tone: 'good' },
  unhealthy: { word: 'Unhealthy', tone: 'bad' },
  draining: { word: 'Draining', tone: 'quiet' },
  backOff: { word: 'Backing off', tone: 'attention' },
  failed: { word: 'Failed', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'attention' },
};

/** Instance states are open words in the API: one that this page does not know is shown as it came, and never as good. */
export const instanceState = (state: string): StateWords => instanceStates[state] ?? { word: state, tone: 'attention' };

export const runState: Record<RunState, StateWords> = {
  queued: { word: 'Queued', tone: 'waiting' },
  running: { word: 'Running', tone: 'active' },
  releasing: { word: 'Releasing', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
};

const runEnded: ReadonlySet<RunState> = new Set(['succeeded', 'failed', 'cancelled']);
export const runIsOver = (state: RunState): boolean => runEnded.has(state);

const jobStates: Record<JobState, StateWords> = {
  waiting: { word: 'To come', tone: 'quiet' },
  queued: { word: 'Queued', tone: 'waiting' },
  running: { word: 'Running', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  skipped: { word: 'Skipped', tone: 'quiet' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
};

const failures: Record<Exclude<JobOutcome, 'succeeded'>, StateWords> = {
  testsFailed: { word: 'Tests failed', tone: 'bad' },
  buildFailed: { word: 'A step failed', tone: 'bad' },
  timedOut: { word: 'Timed out', tone: 'bad' },
  infrastructureFailed: { word: 'Agent could not', tone: 'attention' },
  agentLost: { word: 'Agent lost', tone: 'attention' },
  unknown: { word: 'End unknown', tone: 'attention' },
};

/** A failure is called by its kind: whose matter it is differs. An end that nobody knows is never good. */
export const jobNow = (state: JobState, outcome: Maybe<JobOutcome>): StateWords =>
  (state === 'failed' && outcome && outcome !== 'succeeded' ? failures[outcome] : jobStates[state]);

/** How the last attempt ended, where another one follows it; null: it has not, or it ended well. */
export const outcomeWord = (outcome: Maybe<JobOutcome>): string | null => (outcome && outcome !== 'succeeded' ? failures[outcome].word : null);

export const runStepState: Record<RunStepState, StateWords> = {
  waiting: { word: 'to come', tone: 'quiet' },
  running: { word: 'running', tone: 'active' },
  succeeded: { word: 'succeeded', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  skipped: { word: 'skipped', tone: 'quiet' },
  cancelled: { word: 'cancelled', tone: 'quiet' },
};

export const ringState: Record<RingState, StateWords> = {
  pending: { word: 'to come', tone: 'quiet' },
  current: { word: 'its turn', tone: 'active' },
  done: { word: 'done', tone: 'good' },
  returned: { word: 'taken back', tone: 'bad' },
  failed: { word: 'failed, keeps its traffic', tone: 'bad' },
};

const strategies: Record<string, string> = { canary: 'Canary', rolling: 'Rolling', blueGreen: 'Blue-green', ring: 'Ring' };
export const strategyWord = (strategy: string): string => strategies[strategy] ?? strategy;

const rolloutEnded: ReadonlySet<RolloutState> = new Set(['succeeded', 'rolledBack', 'aborted']);
export const rolloutIsOver = (state: RolloutState): boolean => rolloutEnded.has(state);

const promotionUnderWay: ReadonlySet<PromotionState> = new Set(['waiting', 'approved', 'rollingOut']);
export const promotionIsOver = (state: PromotionState): boolean => !promotionUnderWay.has(state);

const gateNames: Record<string, string> = { hold: 'No hold or veto', soak: 'Soaked', freeze: 'No freeze', approval: 'Approved by a person' };
export const gateTitle = (name: string): string => gateNames[name] ?? name;

export const armWords: Record<string, string> = {
  stable: 'stable', canary: 'canary', baseline: 'baseline', warm: 'kept warm', replaced: 'replaced',
};
