/** What can go wrong: the node refused, the node failed, or it was not reached. */

export type Members = Record<string, unknown>;

/** Whatever goes wrong when a node is asked. */
export class HansaError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The node was not reached, or did not answer in time. */
export class Unreachable extends HansaError {}

/** A signature does not verify, or says something else than it should. */
export class Untrusted extends HansaError {}

/** The node gave no token: client or secret is wrong, or the scope too wide. */
export class TokenRefused extends HansaError {
  readonly code: string;

  constructor(
    readonly status: number,
    members: Members,
  ) {
    const code = String(members["error"] ?? "");
    super(`${code || status}: ${String(members["error_description"] ?? `HTTP ${status}`)}`);
    this.code = code;
  }
}

/** The node answered that it did not do it (RFC 9457). */
export class Problem extends HansaError {
  readonly code: string;
  readonly detail: string;
  readonly nextStep: string;
  readonly requestId: string | undefined;
  readonly errors: Members[];

  constructor(
    readonly status: number,
    members: Members,
  ) {
    const code = String(members["code"] ?? "");
    const detail = String(members["detail"] ?? members["title"] ?? `HTTP ${status}`);
    super(`${code || status}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.nextStep = String(members["next_step"] ?? "");
    this.requestId = members["request_id"] as string | undefined;
    this.errors = (members["errors"] as Members[] | undefined) ?? [];
  }
}

/** The request was understood and refused; nothing changed. */
export class Refused extends Problem {}

/** Something in the request is wrong (400, 413, 415, 422). */
export class BadRequest extends Refused {}

/** The credential is missing, unknown, expired or revoked (401). */
export class Unauthenticated extends Refused {}

/** The caller may not do this (403). */
export class Forbidden extends Refused {}

/** There is no such thing, or the caller may not see it (404). */
export class NotFound extends Refused {}

/** It does not fit what is there now (409, 410). */
export class Conflict extends Refused {}

/** Too many of these in a short time (429). */
export class RateLimited extends Refused {}

/** The node could not do it now (5xx). The same request may succeed later. */
export class NodeFailed extends Problem {}

const BY_STATUS: Record<number, typeof Problem> = {
  401: Unauthenticated,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Conflict,
  429: RateLimited,
};

/** The error of an answer, by its status. */
export function problem(status: number, members: Members): Problem {
  const Kind = status >= 500 ? NodeFailed : (BY_STATUS[status] ?? BadRequest);
  return new Kind(status, members);
}
