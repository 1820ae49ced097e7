import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { keys } from '../api/keys';

/** A file that has become wrong writes no ledger entry. */
const folderEvery = 10_000;

export function useTemplates() {
  return useQuery({ queryKey: keys.templates, queryFn: ({ signal }) => answer(api.GET('/api/v1/templates', { signal })), refetchInterval: folderEvery });
}

/** A version of a template, with what it takes; null: the newest. */
export function useTemplate(template: string, version: string | null) {
  return useQuery({
    queryKey: keys.template(template, version),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/templates/{template}', { params: { path: { template }, query: { version: version ?? undefined } }, signal })),
  });
}

/** The services whose newest run came from a template. */
export function useTemplateUsers(template: string) {
  return useQuery({
    queryKey: keys.templateUsers(template),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/templates/{template}/usage', { params: { path: { template }, query: { limit: mostUsers } }, signal }))).items,
    refetchInterval: folderEvery,
  });
}

export const mostUsers = 200;
