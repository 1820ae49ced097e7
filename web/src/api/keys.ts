import type { QueryKey } from '@tanstack/react-query';
import type { LedgerEntry } from './types';

/** The names of what the page has read. The first word is the capability; a shorter key stands for all that begin with it. */
export const keys = {
  whoAmI: ['whoAmI'] as const,
  status: ['status'] as const,
  services: ['services'] as const,
  service: (service: string) => ['services', service] as const,
  judge: (service: string) => ['judge', service] as const,
  releases: (service: string) => ['releases', service] as const,
  /** Read again whenever the service's releases are. */
  journey: (service: string, version: string) => ['releases', service, 'journey', version] as const,
  promotions: ['promotions'] as const,
  promotionsOf: (service: string) => ['promotions', service] as const,
  promotion: (id: string) => ['promotion', id] as const,
  rollout: (id: string) => ['rollout', id] as const,
  analysis: (id: string) => ['analysis', id] as const,
  /** Read again whenever the rollout's analysis is. */
  analysisOf: (id: string, ring: string | null) => ['analysis', id, ring] as const,
  /** Read again whenever its rollout is. */
  scriptLog: (id: string, verification: string | null, hook: string | null, point: string | null, step: string | null) => ['rollout', id, 'log', verification, hook, point, step] as const,
  runs: ['runs'] as const,
  runsOf: (service: string | null) => ['runs', service] as const,
  run: (id: string) => ['run', id] as const,
  /** Read again whenever their run is, and those of a service whenever it is. */
  runTests: (run: string, outcome: string | null, name: string) => ['run', run, 'tests', outcome, name] as const,
  serviceTests: (service: string, show: string | null, name: string) => ['services', service, 'tests', show, name] as const,
  source: (service: string) => ['source', service] as const,
  templates: ['templates'] as const,
  template: (template: string, version: string | null) => ['templates', template, 'version', version] as const,
  templateUsers: (template: string) => ['templates', template, 'users'] as const,
  ledger: ['ledger'] as const,
  ledgerOfPromotion: (id: string) => ['ledger', 'promotion', id] as const,
  ledgerOfService: (service: string | null) => ['ledger', 'service', service] as const,
  freezes: ['freezes'] as const,
  holds: ['holds'] as const,
  tokens: ['tokens'] as const,
  agents: ['agents'] as const,
  instancesOf: (service: string) => ['instances', service] as const,
  instanceLog: (agent: string, id: string) => ['instanceLog', agent, id] as const,
};

/** The run that an entry is about. */
export function runOf({ body }: LedgerEntry): string | null {
  const fields: Record<string, unknown> = body ?? {};
  return typeof fields['run'] === 'string' ? fields['run'] : null;
}

const mentions = (type: string, word: string): boolean => type.toLowerCase().includes(word);

/** What has to be read again after a ledger entry. The board shows a little of everything, so every entry reaches it. */
export function staleAfter(entry: LedgerEntry): QueryKey[] {
  const stale: QueryKey[] = [keys.status];
  if (entry.service) {
    stale.push(keys.service(entry.service), keys.releases(entry.service), keys.promotionsOf(entry.service));
  }
  if (entry.promotion) {
    stale.push(keys.promotion(entry.promotion), keys.rollout(entry.promotion), keys.analysis(entry.promotion));
    stale.push(keys.ledgerOfPromotion(entry.promotion));
  }
  const run = runOf(entry);
  if (run !== null) stale.push(keys.run(run));
  if (entry.service && (run !== null || mentions(entry.type, 'source'))) stale.push(keys.runsOf(null), keys.runsOf(entry.service), keys.source(entry.service));
  // Who uses a template is known by the newest runs.
  if (mentions(entry.type, 'template') || entry.type === 'run.requested') stale.push(keys.templates);
  stale.push(keys.ledgerOfService(null));
  if (entry.service) stale.push(keys.ledgerOfService(entry.service));
  if (mentions(entry.type, 'freeze')) stale.push(keys.freezes);
  // Rollbacks place holds by themselves, as a part of another entry.
  if (mentions(entry.type, 'hold') || mentions(entry.type, 'rolledback') || mentions(entry.type, 'rollback')) stale.push(keys.holds);
  if (mentions(entry.type, 'token') || mentions(entry.type, 'agent')) stale.push(keys.tokens, keys.agents);
  // A freeze, a hold or a veto opens and closes gates of promotions that the entry does not name.
  if (mentions(entry.type, 'freeze') || mentions(entry.type, 'hold') || mentions(entry.type, 'veto')) stale.push(['promotion']);
  return stale;
}

/** The same keys once each: a burst of entries asks for one reading. */
export function distinct(all: QueryKey[]): QueryKey[] {
  return [...new Map(all.map((key) => [JSON.stringify(key), key])).values()];
}
