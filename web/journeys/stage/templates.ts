import type { TemplateDetail, TemplateUserView, TemplateView } from '../../src/api/types';
import { ago, world } from './made';
import type { Scene } from './scenes';
import type { Documents } from './Stage';

const template = (fields: Partial<TemplateView> = {}): TemplateView => ({
  name: 'web-service', version: '1.4.0', origin: 'platform', description: 'Builds, tests and scans a web service as the platform team wants it.', rollout: null, deprecated: null, services: 41, ...fields,
});

const detail: TemplateDetail = {
  template: template(), versions: ['1.3.0', '1.4.0', '1.5.0'], jobs: ['build', 'scan'], definition: 'description: …\n',
  inputs: [
    { name: 'build', type: 'string', description: 'The script of package.json that builds.', default: 'build', rule: 'matching [A-Za-z0-9][A-Za-z0-9:._-]*', variable: 'INPUT_BUILD' },
    { name: 'owner', type: 'string', description: 'Who is asked when it fails.', default: null, rule: null, variable: 'INPUT_OWNER' },
    { name: 'size', type: 'choice', description: null, default: 'small', rule: 'one of small, large', variable: 'INPUT_SIZE' },
  ],
  extensions: [{ name: 'before-build', adds: 'steps', description: 'Steps with the packages installed, such as generating code.' }, { name: 'more-jobs', adds: 'jobs', description: 'Jobs beside these.' }],
};

const user = (service: string, fields: Partial<TemplateUserView> = {}): TemplateUserView => ({
  service, run: `${service}-run-12`, at: ago(600), next: null, problem: null,
  use: { template: 'web-service', version: '1.4.0', asked: '^1.2', job: null, reason: 'the newest that ^1.2 allows for all services', deprecated: null }, ...fields,
});

const list = (): Documents => ({
  ...world({}),
  '/templates': {
    items: [
      template({ version: '1.3.0', services: 2, deprecated: 'deprecated since 2026-10-01, to be taken away on 2026-12-31: Take 1.4.' }), template(), template({ version: '1.5.0', rollout: '20 % and storefront', services: 1 }),
      template({ name: 'node', version: '1.0.0', origin: 'slipway', description: 'A Node.js service with npm.', services: 0 }),
    ],
    faults: [{ path: 'web-service/1.6.0/template.yaml', instead: 'it is not used', problems: [{ file: 'templates/web-service/1.6.0/template.yaml', line: 14, column: 7, message: "Unknown key 'stesp' in build.", suggestion: "Did you mean 'steps'?" }] }],
  },
  '/templates/web-service': detail,
  '/templates/web-service/usage': { items: [user('storefront', { next: '1.5.0' }), user('payments-gateway-european-union'), user('search', { problem: 'web-service has no version that ^0.9 allows. There are 1.3.0, 1.4.0, 1.5.0.' })], next: null },
});

export const templateScenes: Scene[] = [
  { name: 'templates', path: '/templates', says: 'Did you mean', documents: list },
  { name: 'templates-one', path: '/templates?template=web-service', says: 'Who uses web-service', documents: list },
];
