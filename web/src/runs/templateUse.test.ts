import { expect, it } from 'vitest';
import { templateUse } from './templateUse';

it('says the version that a run got, for what, why, and that it is deprecated', () => {
  expect(templateUse({ template: 'node', version: '1.2.0', asked: '1', job: null, reason: 'the newest that 1 allows', deprecated: null }))
    .toEqual({ key: '', template: 'node', version: '1.2.0', name: 'node@1.2.0', reason: 'The newest that 1 allows', deprecated: null });
  expect(templateUse({ template: 'go', version: '1.0.0', asked: '1.0.0', job: 'api', reason: 'it is named exactly', deprecated: 'deprecated since 2026-11-30: Take 2.' }))
    .toEqual({ key: 'api', template: 'go', version: '1.0.0', name: 'go@1.0.0 for api', reason: 'It is named exactly', deprecated: 'Deprecated since 2026-11-30: Take 2.' });
});
