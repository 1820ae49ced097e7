import type { TemplateInputView, TemplateUserView } from '../api/types';

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const originWords = (origin: string): string => (origin === 'slipway' ? 'Slipway' : origin === 'platform' ? 'the platform folder' : origin);

/** What an input must be besides its type, in brackets. */
export const ruleOf = ({ rule }: Pick<TemplateInputView, 'rule'>): string => (rule ? `(${rule})` : '');

/** What a run that began now would get. */
export const nextOf = ({ next, problem }: Pick<TemplateUserView, 'next' | 'problem'>): string => problem ?? (next ? `gets ${next}` : 'gets the same');
