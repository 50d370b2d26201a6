/**
 * Sending requests: credentials, tokens and their renewal, safe repetition.
 *
 * What may be repeated is repeated: reads, and writes with an Idempotency-Key. Everything else is
 * sent once. A token is fetched when it is first needed, kept until a minute before its end, and
 * fetched anew once when the node does not accept it any more.
 */

import { type Members, TokenRefused, Unreachable } from "./errors.js";

const REPEATABLE_STATUSES = new Set([429, 502, 503, 504]);
const TOKEN_MARGIN_MS = 60_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/** What a client may choose. */
export interface TransportOptions {
  /** An API key of the node. */
  apiKey?: string | undefined;
  /** An OAuth client, with its secret. */
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  /** What its tokens are asked for. */
  scope?: string | undefined;
  /** Further headers of every request. */
  headers?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
  /** How often a request is repeated at most. */
  retriesMost?: number | undefined;
  fetch?: typeof fetch | undefined;
  sleep?: ((ms: number) => Promise<void>) | undefined;
}

/** One request. */
export interface Sent {
  method: string;
  path: string;
  query?: Record<string, string> | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  repeatable?: boolean | undefined;
  anonymous?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** One identity at one address. */
export class Transport {
  readonly #base: string;
  readonly #options: TransportOptions;
  #token: { text: string; renewAt: number } | undefined;
  #fetching: Promise<string> | undefined;

  constructor(url: string, options: TransportOptions = {}) {
    if (options.apiKey && options.clientId) throw new TypeError("an API key or a client, not both");
    if (Boolean(options.clientId) !== Boolean(options.clientSecret)) {
      throw new TypeError("clientId and clientSecret go together");
    }
    this.#base = url.replace(/\/+$/, "");
    this.#options = options;
  }

  /** Sends a request, repeats it where that is safe, and answers the last response. */
  async send(sent: Sent): Promise<Response> {
    const most = this.#options.retriesMost ?? 4;
    let renewed = false;
    for (let attempt = 0; ; ) {
      const token = sent.anonymous ? undefined : await this.#bearer();
      let response: Response;
      try {
        response = await this.#once(sent, token);
      } catch (error) {
        if (sent.signal?.aborted || !sent.repeatable || attempt >= most) throw this.#lost(error);
        await this.#wait(attempt++, undefined);
        continue;
      }
      if (response.status === 401 && token && this.#options.clientId && !renewed) {
        // Nothing was done: an unauthenticated request may be sent again.
        renewed = true;
        if (this.#token?.text === token) this.#token = undefined;
        continue;
      }
      const again = sent.repeatable && REPEATABLE_STATUSES.has(response.status);
      if (!again || attempt >= most) return response;
      await this.#wait(attempt++, response);
    }
  }

  async #once(sent: Sent, token: string | undefined): Promise<Response> {
    const query = new URLSearchParams(sent.query ?? {}).toString();
    const headers: Record<string, string> = { ...this.#options.headers, ...sent.headers };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (sent.body !== undefined) headers["Content-Type"] = "application/json";
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 30_000);
    return await this.#fetch(`${this.#base}${sent.path}${query && `?${query}`}`, {
      method: sent.method,
      headers,
      redirect: "error",
      signal: sent.signal ? AbortSignal.any([sent.signal, timeout]) : timeout,
      ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
    });
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    return (this.#options.fetch ?? fetch)(url, init);
  }

  #lost(error: unknown): Unreachable {
    return new Unreachable(`${this.#base}: ${String(error)}`, { cause: error });
  }

  async #wait(attempt: number, response: Response | undefined): Promise<void> {
    const told = response?.headers.get("Retry-After") ?? "";
    const grown = FIRST_WAIT_MS * 2 ** attempt * (0.5 + Math.random() / 2);
    const ms = Math.min(/^\d+$/.test(told) ? Number(told) * 1_000 : grown, LONGEST_WAIT_MS);
    const sleep = this.#options.sleep ?? ((wait) => new Promise((done) => setTimeout(done, wait)));
    await sleep(ms);
  }

  async #bearer(): Promise<string | undefined> {
    if (!this.#options.clientId) return this.#options.apiKey;
    if (this.#token && Date.now() < this.#token.renewAt) return this.#token.text;
    // Requests that find no token wait for the same one.
    this.#fetching ??= this.#fetchToken().finally(() => (this.#fetching = undefined));
    return await this.#fetching;
  }

  async #fetchToken(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: this.#options.clientId ?? "",
      client_secret: this.#options.clientSecret ?? "",
    });
    if (this.#options.scope) form.set("scope", this.#options.scope);
    const most = this.#options.retriesMost ?? 4;
    for (let attempt = 0; ; attempt++) {
      let response: Response | undefined;
      try {
        response = await this.#fetch(`${this.#base}/oauth/token`, { method: "POST", body: form });
      } catch (error) {
        if (attempt >= most) throw this.#lost(error);
      }
      if (response && (!REPEATABLE_STATUSES.has(response.status) || attempt >= most)) {
        return await this.#keep(response);
      }
      await this.#wait(attempt, response);
    }
  }

  async #keep(response: Response): Promise<string> {
    const members = await readJson(response);
    if (response.status !== 200) throw new TokenRefused(response.status, members);
    const text = String(members["access_token"]);
    const lifeMs = Number(members["expires_in"] ?? 0) * 1_000;
    this.#token = { text, renewAt: Date.now() + Math.max(lifeMs - TOKEN_MARGIN_MS, 0) };
    return text;
  }
}

/** The members of an answer; none where it is no JSON object. */
export async function readJson(response: Response): Promise<Members> {
  try {
    const members: unknown = await response.json();
    return members !== null && typeof members === "object" && !Array.isArray(members)
      ? (members as Members)
      : {};
  } catch {
    return {};
  }
}
