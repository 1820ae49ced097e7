import type { RunView } from '../api/types';

type Use = NonNullable<RunView['templates']>[number];

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The use of a template in words. */
export const templateUse = ({ template, version, job, reason, deprecated }: Use): { key: string; template: string; version: string; name: string; reason: string; deprecated: string | null } => ({
  key: job ?? '', template, version, name: `${template}@${version}${job ? ` for ${job}` : ''}`, reason: sentence(reason), deprecated: deprecated ? sentence(deprecated) : null,
});
