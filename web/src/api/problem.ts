import type { ProblemDocument } from './types';

/** The server answered, and refused: an RFC 9457 document. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly document: Partial<ProblemDocument>) {
    super(document.detail ?? document.title ?? `The server answered ${status}.`);
    this.name = 'ApiProblem';
  }
}

/** Nobody answered: the server is away or cannot be reached. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

export const isUnauthorised = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;
export const isNotFound = (error: unknown): boolean => error instanceof ApiProblem && error.status === 404;
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && [502, 503, 504].includes(error.status));

export function problemFrom(status: number, body: unknown): ApiProblem {
  const document = typeof body === 'object' && body !== null ? (body as Partial<ProblemDocument>) : {};
  return new ApiProblem(status, document);
}
