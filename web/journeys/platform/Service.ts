import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PromotionView, RolloutView, StatusView } from '../../src/api/types';
import type { Platform } from './Platform';
import { until } from './until';

/** A shop window in a few lines: it starts in an instant, which the storefront of samples/ does not on a busy machine. */
const program = (version: string, faults: number): string => `
import { createServer } from 'node:http';
createServer((request, response) => {
  const fails = request.url !== '/healthz' && request.headers['user-agent'] !== 'slipway-verification' && Math.random() < ${faults};
  response.writeHead(fails ? 500 : 200, { 'content-type': 'text/html' });
  response.end(fails ? 'It broke.' : '<h1>Storefront ${version}</h1>');
}).listen(Number(process.env.PORT), process.env.HOST, () => console.log('Storefront ${version} listens on ' + process.env.PORT));
process.on('SIGTERM', () => process.exit(0));
`;

/** Long enough on a busy machine; a program that never starts is given up sooner. */
const startWithin = '20s';

const definition = (name: string, steps: string): string => `service: ${name}
owner: team-web
tier: 1
run:
  command: ${process.execPath} server.mjs
  instances: 2
  health: { path: /healthz, interval: 300ms, healthyAfter: 1, deadline: ${startWithin} }
  drain: 1s
rollout:
  strategy: canary
  steps: ${steps}
  checks: [errors]
  watch: 3s
  keepWarm: 5m
environments:
  dev: { run: { instances: 1 }, rollout: { strategy: rolling } }
  staging: { run: { instances: 1 }, rollout: { strategy: rolling } }
`;

/** Long enough to be seen and acted upon; a journey that wants it to go on skips the rest. */
export const slowSteps = '[ { weight: 20 }, { pause: 10m }, { weight: 50 }, { analyze: 10m } ]';
export const quickSteps = '[ { weight: 10 }, { pause: 2s }, { weight: 40 }, { pause: 2s } ]';
export const judgedSteps = '[ { weight: 30 }, { analyze: 5m } ]';

/** One service of a journey, with what a person would do about it in a terminal. */
export class Service {
  constructor(private readonly platform: Platform, readonly name: string, private readonly steps: string = slowSteps) {}

  async add(): Promise<this> {
    await this.platform.cli(['service', 'add', this.name]);
    return this;
  }

  /** Makes a release and waits until it has come to staging by itself. */
  async release(version: string, faults = 0): Promise<void> {
    await this.make(version, program(version, faults));
    await until(`${this.name} ${version} is in staging`, 60_000, async () => {
      const lane = (await this.lanes()).find((each) => each.environment === 'staging');
      if (lane?.needsAttention) throw new Error(`staging needs attention: ${lane.needsAttention}`);
      return lane?.version === version && !lane.moving;
    });
  }

  /** Makes a release that ends as soon as it starts; the id of its rollout to dev. */
  async releaseThatNeverStarts(version: string): Promise<string> {
    const [id] = await this.make(version, "console.error('No database at db.internal:5432'); process.exit(1);");
    if (!id) throw new Error(`${this.name} ${version} did not go to dev by itself.`);
    return id;
  }

  private async make(version: string, source: string): Promise<string[]> {
    const folder = path.join(this.platform.home, 'artifacts', this.name, version);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'server.mjs'), source);
    writeFileSync(path.join(folder, 'slipway.yaml'), definition(this.name, this.steps));
    const answer = await this.platform.cli(['release', 'create', this.name, '--version', version, '--artifact', folder, '--notes', `Storefront ${version}`, '--json']);
    return (JSON.parse(answer) as { promotions: string[] }).promotions;
  }

  /** Asks for it in prod; the promotion's id. */
  async promote(version: string): Promise<string> {
    const { id } = (await this.platform.api('POST', '/promotions', { service: this.name, environment: 'prod', version })) as PromotionView;
    return id;
  }

  async approve(id: string): Promise<void> {
    await this.platform.api('POST', `/promotions/${id}/approvals`, { decision: 'approve', why: 'Looks fine in staging' }, 'approver');
  }

  /** Brings a version to prod and through the whole of its rollout, skipping what would wait. */
  async bringToProd(version: string): Promise<string> {
    const id = await this.promote(version);
    await this.approve(id);
    await this.until(id, 'succeeded', async (rollout) => {
      const waits = rollout.actions.includes('skip') && rollout.steps.some((step) => step.state === 'current' && step.kind !== 'weight');
      if (waits) await this.act(id, 'skip').catch(() => undefined);
    });
    return id;
  }

  /** Promotes and approves, and waits until the new version has so much of the traffic. */
  async rollTo(version: string, weight: number): Promise<string> {
    const id = await this.promote(version);
    await this.approve(id);
    await until(`${this.name} ${version} has ${weight} %`, 60_000, async () => (await this.rollout(id))?.weights.some((each) => each.version === version && each.weight >= weight) === true);
    return id;
  }

  async act(id: string, action: string, why = 'as the journey wants it'): Promise<void> {
    await this.platform.api('POST', `/rollouts/${id}/actions`, { action, why });
  }

  async rollout(id: string): Promise<RolloutView | null> {
    return (await this.platform.api('GET', `/rollouts/${id}`).catch((error: Error) => {
      if (error.message.includes(' 404:')) return null;
      throw error;
    })) as RolloutView | null;
  }

  async until(id: string, state: RolloutView['state'], each: (rollout: RolloutView) => Promise<void> = async () => undefined): Promise<void> {
    await until(`the rollout ${id} of ${this.name} is ${state}`, 90_000, async () => {
      const rollout = await this.rollout(id);
      if (!rollout) return false;
      if (rollout.state === state) return true;
      if (rollout.endedAt) throw new Error(`The rollout is ${rollout.state} instead of ${state}: ${rollout.reason}`);
      await each(rollout);
      return false;
    });
  }

  private async lanes(): Promise<StatusView['services'][number]['lanes']> {
    const status = (await this.platform.api('GET', `/status?service=${this.name}`)) as StatusView;
    return status.services[0]?.lanes ?? [];
  }
}
