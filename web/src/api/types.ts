import type { components } from './schema';

type Schemas = components['schemas'];

export type AgentView = Schemas['AgentView'];
export type AnalysisPoint = Schemas['AnalysisPoint'];
export type AnalysisSummary = Schemas['AnalysisSummary'];
export type AnalysisView = Schemas['AnalysisView'];
export type CheckView = Schemas['CheckView'];
export type CreatedToken = Schemas['CreatedToken'];
export type EnvironmentView = Schemas['EnvironmentView'];
export type FreezeView = Schemas['FreezeView'];
export type GateView = Schemas['GateView'];
export type GateState = Schemas['GateStateView'];
export type HoldView = Schemas['HoldView'];
export type InstanceView = Schemas['InstanceView'];
export type JobOutcome = Schemas['JobOutcomeView'];
export type JobState = Schemas['JobStateView'];
export type LaneHealth = Schemas['LaneHealth'];
export type LaneView = Schemas['LaneView'];
export type LedgerEntry = Schemas['LedgerEntryView'];
export type MovingView = Schemas['MovingView'];
export type ProblemDocument = Schemas['ProblemDocument'];
export type PromotionState = Schemas['PromotionStateView'];
export type PromotionView = Schemas['PromotionView'];
export type ReleaseView = Schemas['ReleaseView'];
export type RolloutAction = Schemas['RolloutAction'];
export type RolloutState = Schemas['RolloutStateView'];
export type RolloutStep = Schemas['RolloutStepView'];
export type RolloutView = Schemas['RolloutView'];
export type RunJobView = Schemas['RunJobView'];
export type RunState = Schemas['RunStateView'];
export type RunStepState = Schemas['RunStepStateView'];
export type RunStepView = Schemas['RunStepView'];
export type RunView = Schemas['RunView'];
export type ServiceStatusView = Schemas['ServiceStatusView'];
export type ServiceView = Schemas['ServiceView'];
export type SourceView = Schemas['SourceView'];
export type StatusView = Schemas['StatusView'];
export type StepState = Schemas['StepStateView'];
export type TokenView = Schemas['TokenView'];
export type Verdict = Schemas['VerdictView'];
export type VerificationView = Schemas['VerificationView'];
export type WeightView = Schemas['WeightView'];
export type WhoAmI = Schemas['WhoAmI'];

/** An optional field of a document may be absent or null; both mean that there is none. */
export type Maybe<T> = T | null | undefined;
