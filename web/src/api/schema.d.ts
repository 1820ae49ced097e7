// Written by hand after the API's documents; `npm run types` replaces it by what the server's OpenAPI document says.

interface Query<Q, P, R> {
  parameters: { query?: Q; header?: never; path: P; cookie?: never };
  requestBody?: never;
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } };
}
interface Send<B, P, R> {
  parameters: { query?: never; header?: { 'Idempotency-Key'?: string }; path: P; cookie?: never };
  requestBody: { content: { 'application/json': B } };
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } };
}
interface Bare<P, R> {
  parameters: { query?: never; header?: { 'Idempotency-Key'?: string }; path: P; cookie?: never };
  requestBody?: never;
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } };
}
interface Paging { after?: string; limit?: number }
type None = Record<never, never>;
type S = components['schemas'];

export interface paths {
  '/api/v1/whoami': { get: Query<never, None, S['WhoAmI']> };
  '/api/v1/status': { get: Query<never, None, S['StatusView']> };
  '/api/v1/services': { get: Query<Paging, None, S['PageOfServiceView']> };
  '/api/v1/services/{service}': { get: Query<never, { service: string }, S['ServiceView']> };
  '/api/v1/services/{service}/releases': { get: Query<Paging, { service: string }, S['PageOfReleaseView']> };
  '/api/v1/services/{service}/releases/{version}/veto': {
    post: Send<S['WhyRequest'], { service: string; version: string }, S['ReleaseView']>;
  };
  '/api/v1/promotions': {
    get: Query<Paging & { service?: string; environment?: string }, None, S['PageOfPromotionView']>;
    post: Send<S['StartPromotion'], None, S['PromotionView']>;
  };
  '/api/v1/promotions/{id}': { get: Query<never, { id: string }, S['PromotionView']> };
  '/api/v1/promotions/{id}/approvals': { post: Send<S['DecideApproval'], { id: string }, S['PromotionView']> };
  '/api/v1/promotions/{id}/cancel': { post: Send<S['WhyRequest'], { id: string }, S['PromotionView']> };
  '/api/v1/rollbacks': { post: Send<S['StartRollback'], None, S['PromotionView']> };
  '/api/v1/rollouts/{id}': { get: Query<never, { id: string }, S['RolloutView']> };
  '/api/v1/rollouts/{id}/actions': { post: Send<S['ActOnRollout'], { id: string }, S['RolloutView']> };
  '/api/v1/rollouts/{id}/analysis': { get: Query<never, { id: string }, S['AnalysisView']> };
  '/api/v1/freezes': {
    get: Query<Paging, None, S['PageOfFreezeView']>;
    post: Send<S['AddFreeze'], None, S['FreezeView']>;
  };
  '/api/v1/freezes/{id}': { delete: Bare<{ id: string }, unknown> };
  '/api/v1/holds': { get: Query<Paging, None, S['PageOfHoldView']>; post: Send<S['AddHold'], None, S['HoldView']> };
  '/api/v1/holds/{id}': { delete: Bare<{ id: string }, unknown> };
  '/api/v1/tokens': { get: Query<Paging, None, S['PageOfTokenView']>; post: Send<S['CreateToken'], None, S['CreatedToken']> };
  '/api/v1/tokens/{id}': { delete: Bare<{ id: string }, unknown> };
  '/api/v1/agents': { get: Query<Paging, None, S['PageOfAgentView']> };
  '/api/v1/ledger/entries': {
    get: Query<{ after?: string; limit?: number; service?: string; promotion?: string }, None, S['PageOfLedgerEntryView']>;
  };
}

interface Page<T> { items: T[]; next?: string | null }

export interface components {
  schemas: {
    PageOfServiceView: Page<S['ServiceView']>;
    PageOfReleaseView: Page<S['ReleaseView']>;
    PageOfPromotionView: Page<S['PromotionView']>;
    PageOfFreezeView: Page<S['FreezeView']>;
    PageOfHoldView: Page<S['HoldView']>;
    PageOfTokenView: Page<S['TokenView']>;
    PageOfAgentView: Page<S['AgentView']>;
    PageOfLedgerEntryView: Page<S['LedgerEntryView']>;
    TokenView: {
      id: string; name: string; identity: string; roles: string[]; createdAt: string; createdBy: string;
      expiresAt?: string | null; lastUsedAt?: string | null;
    };
    CreateToken: { name: string; identity?: string | null; role?: string | null; expires?: string | null };
    CreatedToken: { token: S['TokenView']; secret: string };
    AgentView: {
      name: string; connected: boolean; lastSeenAt?: string | null; labels: Record<string, string>; program?: string | null;
      protocolVersion?: number | null; routerPort?: number | null; instances: number; draining: boolean; diskFreeBytes?: number | null;
    };
    ProblemDocument: {
      type?: string | null; title: string; status: number; detail?: string | null; code?: string | null; nextStep?: string | null;
      problems?: S['FileProblem'][] | null;
    };
    FileProblem: { file: string; line: number; column: number; message: string; suggestion?: string | null };
    WhoAmI: {
      identity: string; roles: string[]; permissions: string[]; expiresAt?: string | null; installation: string; program: string;
    };
    LedgerEntryView: {
      index: number; at: string; type: string; service?: string | null; environment?: string | null; version?: string | null;
      promotion?: string | null; actor: string; body?: Record<string, unknown> | null; leafHash: string; text: string;
    };
    StatusView: { environments: S['EnvironmentView'][]; services: S['ServiceStatusView'][]; ledgerIndex: number };
    EnvironmentView: {
      name: string; after: string[]; promote: string; traffic: string; approvals: number; frozen?: string | null;
    };
    ServiceStatusView: { service: string; owner?: string | null; latestVersion?: string | null; lanes: S['LaneView'][] };
    LaneHealth: 'empty' | 'healthy' | 'degraded' | 'down' | 'unknown';
    LaneView: {
      service: string; environment: string; version?: string | null; since?: string | null; health: S['LaneHealth'];
      healthyInstances: number; wantedInstances: number; moving?: S['MovingView'] | null; waiting: S['MovingView'][];
      holds: S['HoldView'][]; needsAttention?: string | null; url?: string | null; port?: number | null; previewUrl?: string | null;
      rollbackTo: string[];
    };
    MovingView: {
      id: string; version: string; kind: S['PromotionKindView']; state: S['PromotionStateView']; rollout?: S['RolloutStateView'] | null;
      weight?: number | null; reason: string;
    };
    InstanceView: {
      id: string; service: string; environment: string; version: string; versionSet: string; arm: string; agent: string; state: string;
      port?: number | null; pid?: number | null; startedAt?: string | null; restarts: number; reason?: string | null; nextStep?: string | null;
    };
    HoldView: { id: string; service: string; environment: string; version?: string | null; why: string; by: string; at: string };
    AddHold: { service: string; environment: string; version?: string | null; why: string };
    FreezeView: { id: string; environment: string; from: string; until: string; why: string; by: string; state: string };
    AddFreeze: { environment: string; from: string; until: string; why: string };
    PromotionStateView:
      | 'waiting' | 'approved' | 'rollingOut' | 'succeeded' | 'failed' | 'rolledBack' | 'aborted' | 'superseded' | 'rejected' | 'cancelled';
    PromotionKindView: 'promotion' | 'rollback';
    GateStateView: 'open' | 'waiting' | 'closed';
    PromotionView: {
      id: string; service: string; environment: string; version: string; kind: S['PromotionKindView']; state: S['PromotionStateView'];
      reason?: string | null; requestedBy: string; requestedAt: string; why?: string | null; gates: S['GateView'][];
      approvals: S['ApprovalView'][]; inputsHash: string; fromVersion?: string | null; rollout?: string | null;
      supersededBy?: string | null; endedAt?: string | null; actions: string[]; actionsRefused?: Record<string, string> | null;
    };
    GateView: { name: string; state: S['GateStateView']; why: string; until?: string | null; openedBy?: string | null };
    ApprovalView: { by: string; at: string; approved: boolean; why?: string | null };
    StartPromotion: { service: string; environment: string; version?: string | null; why?: string | null };
    DecideApproval: { decision: 'approve' | 'reject'; why?: string | null; inputsHash?: string | null };
    StartRollback: { service: string; environment: string; to?: string | null; config?: string | null; why?: string | null };
    RolloutStateView:
      | 'running' | 'paused' | 'verifying' | 'watching' | 'succeeded' | 'rollingBack' | 'rolledBack' | 'aborted' | 'needsAttention';
    StepStateView: 'pending' | 'current' | 'done' | 'skipped' | 'failed';
    VerdictView: 'passed' | 'failed' | 'inconclusive';
    RolloutView: {
      id: string; service: string; environment: string; version: string; fromVersion?: string | null; kind: S['PromotionKindView'];
      state: S['RolloutStateView']; strategy: string; reason: string; until?: string | null; startedAt: string; endedAt?: string | null;
      steps: S['RolloutStepView'][]; weights: S['WeightView'][]; instances: S['InstanceView'][]; verifications: S['VerificationView'][];
      analysis?: S['AnalysisSummary'] | null; actions: string[];
    };
    RolloutStepView: {
      kind: string; weight?: number | null; title: string; state: S['StepStateView']; note?: string | null; startedAt?: string | null;
      endedAt?: string | null;
    };
    WeightView: { versionSet: string; version: string; arm: string; weight: number };
    VerificationView: { name: string; verdict?: S['VerdictView'] | null; detail?: string | null; at?: string | null };
    AnalysisSummary: { verdict: S['VerdictView']; guarantee: string; checks: S['CheckView'][]; at: string };
    CheckView: {
      name: string; verdict: S['VerdictView']; text: string; canaryUnits: number; canaryBad: number; stableUnits: number; stableBad: number;
      ratio?: number | null; ratioLow?: number | null; ratioHigh?: number | null; logEvidence: number; logLimit: number;
      thresholdMillis?: number | null;
    };
    AnalysisView: { rollout: string; latest?: S['AnalysisSummary'] | null; points: S['AnalysisPoint'][] };
    AnalysisPoint: {
      at: string; seconds: number; canaryWeight: number; canaryRequests: number; canaryErrors: number; stableRequests: number;
      stableErrors: number; canaryP95?: number | null; stableP95?: number | null; canaryP99?: number | null; stableP99?: number | null;
      logEvidence?: number | null;
    };
    RolloutAction: 'pause' | 'resume' | 'skip' | 'abort' | 'retry';
    ActOnRollout: { action: S['RolloutAction']; why?: string | null };
    ServiceView: {
      name: string; owner?: string | null; tier?: number | null; createdAt: string; createdBy: string; latestVersion?: string | null;
      releases: number;
    };
    ReleaseView: {
      service: string; version: string; commit?: string | null; artifactDigest: string; artifactBytes: number; createdAt: string;
      createdBy: string; notes?: string | null; veto?: S['VetoView'] | null; runsIn: string[]; definition?: string | null;
    };
    VetoView: { by: string; at: string; why: string };
    WhyRequest: { why: string };
  };
}
