import { promises as files } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
const worthIt = /\.(js|css|svg|json|txt|webmanifest)$/;

/**
 * Writes a .br and a .gz beside every asset that gets smaller by it, so that the server only picks a file.
 * Not for index.html: the server writes its nonce into each answer.
 */
export function precompress(): Plugin {
  return {
    name: 'slipway-precompress',
    apply: 'build',
    async writeBundle(options, bundle) {
      const directory = options.dir ?? '.';
      await Promise.all(
        Object.keys(bundle).filter((name) => worthIt.test(name)).map(async (name) => {
          const file = path.join(directory, name);
          const bytes = await files.readFile(file);
          if (bytes.length < 1024) return;
          const [br, gz] = await Promise.all([
            brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            deflate(bytes, { level: 9 }),
          ]);
          if (br.length < bytes.length) await files.writeFile(`${file}.br`, br);
          if (gz.length < bytes.length) await files.writeFile(`${file}.gz`, gz);
        }),
      );
    },
  };
}
