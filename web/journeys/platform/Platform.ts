import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, closeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const program = process.env['SLIPWAY_PROGRAM'] ?? path.join(repository, 'slipway');

/** As `slipway up` writes it, but with a person before prod. */
const environments = `environments:
  dev: { promote: auto, traffic: none }
  staging: { after: [dev], promote: auto, traffic: none }
  prod: { after: [staging], promote: manual, traffic: expected, gates: [ { approval: { count: 1 } } ] }
`;

/** A whole Slipway on this machine, as `slipway up` runs it: server, agent, router, in a directory of its own. */
export class Platform {
  readonly home: string;
  readonly data: string;
  private process: ChildProcess | null = null;
  private port = 0;
  private routerPort = 0;
  private readonly helpers = new Set<ChildProcess>();
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor() {
    this.home = mkdtempSync(path.join(tmpdir(), 'slipway-journeys-'));
    this.data = path.join(this.home, 'data');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async start(): Promise<Platform> {
    const platform = new Platform();
    // In a checkout this builds what changed; a build in the middle of `up` would look like a server that does not come.
    await platform.cli(['--version']);
    mkdirSync(path.join(platform.data, 'platform'), { recursive: true });
    writeFileSync(path.join(platform.data, 'platform', 'platform.yaml'), environments);
    platform.port = await freePort();
    platform.routerPort = await freePort();
    try {
      await platform.up();
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  /** Starts the server, or starts it again where it was. */
  async up(): Promise<void> {
    const file = openSync(path.join(this.home, 'up.log'), 'a');
    const started = spawn(program, ['up', '--data', this.data, '--port', String(this.port), '--router-port', String(this.routerPort), '--json'], {
      env: this.environment(), stdio: ['ignore', file, file],
    });
    closeSync(file);
    this.process = started;
    let last: unknown;
    await until('the server and its agent are there', 60_000, async () => {
      if (started.exitCode !== null) throw new Error(`slipway up has ended with ${started.exitCode}.`);
      try {
        last = await this.api('GET', '/agents');
      } catch (error) {
        // Not there yet; told if it never comes.
        last = error;
      }
      return (last as { items?: { connected: boolean }[] }).items?.some((agent) => agent.connected) === true;
    }).catch((error: Error) => {
      const logs = ['up.log', 'data/logs/server.log', 'data/logs/agent.log'].map((name) => `${name}:\n${this.read(name)}`);
      throw new Error([error.message, `Last answer: ${last instanceof Error ? last.message : JSON.stringify(last)}`, ...logs].join('\n'));
    });
  }

  /** Ends the server at once, as a crash would; agent, router and instances go on. */
  async killServer(): Promise<void> {
    await end(this.process, 'SIGKILL');
    this.process = null;
  }

  async stop(): Promise<void> {
    for (const helper of this.helpers) await end(helper, 'SIGKILL');
    if (this.process === null && this.port > 0) await this.up().catch(() => undefined);
    await end(this.process, 'SIGINT');
    this.process = null;
    if (!process.env['SLIPWAY_KEEP_JOURNEYS']) rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Asks the API; the document of the answer. A refusal is an exception with the problem's words. */
  async api(method: string, where: string, body?: unknown, identity = 'admin'): Promise<unknown> {
    const token = identity === 'admin' ? readFileSync(path.join(this.data, 'admin-token'), 'utf8').trim() : await this.tokenOf(identity);
    const response = await fetch(`${this.url}/api/v1${where}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body instanceof FormData || body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where} was answered with ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** Runs a command to its end; its standard output. */
  async cli(args: string[], identity = 'admin'): Promise<string> {
    const token = identity === 'admin' ? {} : { SLIPWAY_TOKEN: await this.tokenOf(identity) };
    const child = spawn(program, args, { env: { ...this.environment(), ...token }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { error += chunk.toString(); });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`slipway ${args.join(' ')} ended with ${code}:\n${out}${error}`);
    return out;
  }

  /** Sends requests to a service in prod until the answer is called. */
  load(service: string, perSecond: number): () => Promise<void> {
    const child = spawn(program, ['load', service, '--env', 'prod', '--rps', String(perSecond), '--for', '10m'], { env: this.environment(), stdio: 'ignore' });
    this.helpers.add(child);
    return async () => {
      await end(child, 'SIGKILL');
      this.helpers.delete(child);
    };
  }

  /** A link that signs a browser in once, from `slipway open`. */
  async signInLink(page: string, identity = 'admin'): Promise<string> {
    return (JSON.parse(await this.cli(['open', page, '--json'], identity)) as { url: string }).url;
  }

  /** Asked for once, however many want it at the same time. */
  private tokenOf(identity: string): Promise<string> {
    const known = this.tokens.get(identity) ?? this.makeToken(identity);
    this.tokens.set(identity, known);
    return known;
  }

  private async makeToken(identity: string): Promise<string> {
    const role = identity === 'viewer' ? 'viewer' : 'approver';
    const made = (await this.api('POST', '/tokens', { name: identity, identity, role, expires: '1h' })) as { secret: string };
    return made.secret;
  }

  private read(name: string): string {
    const file = path.join(this.home, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '(not there)';
  }

  private environment(): NodeJS.ProcessEnv {
    const { SLIPWAY_SERVER: _server, SLIPWAY_TOKEN: _token, SLIPWAY_HOME: _home, ...rest } = process.env;
    return { ...rest, HOME: this.home };
  }
}

async function end(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await ended;
  clearTimeout(late);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
