import { ProblemCode, type Problem } from '@recado/protocol';
import type { FastifyReply } from 'fastify';

/** A request refused on purpose. Thrown by routes, answered as problem details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(problem: Omit<Problem, 'type'>, headers: Record<string, string> = {}) {
    super(problem.code);
    this.problem = { type: 'about:blank', ...problem };
    this.headers = headers;
  }
}

export const problems = {
  invalidRequest: (detail?: string) =>
    new ProblemError({
      status: 400,
      code: ProblemCode.invalidRequest,
      title: 'The request is not valid',
      ...(detail ? { detail } : {}),
    }),
  invalidCredentials: () =>
    new ProblemError({
      status: 401,
      code: ProblemCode.invalidCredentials,
      title: 'Wrong e-mail address or password',
    }),
  sessionRevoked: () =>
    new ProblemError(
      { status: 401, code: ProblemCode.sessionRevoked, title: 'The session is not valid any more' },
      { 'www-authenticate': 'Bearer' },
    ),
  deviceRevoked: () =>
    new ProblemError(
      { status: 401, code: ProblemCode.deviceRevoked, title: 'This device was revoked' },
      { 'www-authenticate': 'Bearer' },
    ),
  invalidAccessCode: () =>
    new ProblemError({
      status: 422,
      code: ProblemCode.invalidAccessCode,
      title: 'Wrong e-mail address, or the access code is wrong, used or too old',
    }),
  emailTaken: () =>
    new ProblemError({
      status: 409,
      code: ProblemCode.emailTaken,
      title: 'Somebody already has this e-mail address',
    }),
  forbidden: () =>
    new ProblemError({ status: 403, code: ProblemCode.forbidden, title: 'Administrators only' }),
  tooManyAttempts: (retryAfterSeconds: number) =>
    new ProblemError(
      { status: 429, code: ProblemCode.tooManyAttempts, title: 'Too many failed attempts' },
      { 'retry-after': String(retryAfterSeconds) },
    ),
  notFound: () => new ProblemError({ status: 404, code: ProblemCode.notFound, title: 'Not found' }),
  methodNotAllowed: (allow: string) =>
    new ProblemError(
      { status: 405, code: ProblemCode.invalidRequest, title: 'Method not allowed' },
      { allow },
    ),
  payloadTooLarge: () =>
    new ProblemError({ status: 413, code: ProblemCode.payloadTooLarge, title: 'The request is too large' }),
  cursorTooOld: () =>
    new ProblemError({
      status: 410,
      code: ProblemCode.cursorTooOld,
      title: 'Changes from there are no longer kept; take a snapshot',
    }),
  internal: () =>
    new ProblemError({ status: 500, code: ProblemCode.internal, title: 'Something went wrong' }),
};

/** Answers with problem details (RFC 9457). */
export function sendProblem(reply: FastifyReply, { problem, headers }: ProblemError): FastifyReply {
  return reply
    .code(problem.status)
    .headers(headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}
