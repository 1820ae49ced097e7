import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../slipway');

/** Builds what changed before anything looks at it: a build while pages are open would take their files away. */
export default function build(): void {
  execFileSync(program, ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
