import { readFile } from 'node:fs/promises';
import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('has the types of the document that the server publishes', async () => {
  const document = new URL('../../../src/Slipway.Server/openapi.json', `file://${import.meta.filename}`);
  const generated = COMMENT_HEADER + astToString(await openapiTypescript(document));
  const kept = await readFile(new URL('./schema.d.ts', `file://${import.meta.filename}`), 'utf8');
  expect(kept === generated, 'run `npm run types`').toBe(true);
}, 30_000);
