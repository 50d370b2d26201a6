/** The native client: one method for each operation of the node. */

import { problem } from "./errors.js";
import { type CallOptions, type Operation, Operations } from "./operations.js";
import { readJson, Transport, type TransportOptions } from "./transport.js";
import { Keys } from "./verify.js";

/**
 * A node, and who asks it: with an API key, with an OAuth client whose tokens are fetched and renewed
 * by themselves, or with neither for what everybody may ask.
 */
export class Client extends Operations {
  readonly transport: Transport;

  constructor(url: string, options: TransportOptions = {}) {
    super();
    this.transport = new Transport(url, options);
  }

  /** The node's keys, to verify what it signed. */
  async keys(): Promise<Keys> {
    const path = "/.well-known/jwks.json";
    const response = await this.transport.send({ method: "GET", path, repeatable: true, anonymous: true });
    const members = await readJson(response);
    if (!response.ok) throw problem(response.status, members);
    return Keys.read(members);
  }

  protected async call(operation: Operation, request: object, options: CallOptions): Promise<unknown> {
    const rest: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(request)) {
      if (value !== undefined && value !== null) rest[name] = value;
    }
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(rest[name] ?? "");
      delete rest[name];
      if (!value) throw new TypeError(`${name} must not be empty`);
      return encodeURIComponent(value);
    });
    const headers: Record<string, string> = {};
    if (operation.idempotent) headers["Idempotency-Key"] = options.idempotencyKey ?? crypto.randomUUID();
    const texts = Object.entries(rest).map(([name, value]) => [name, String(value)]);
    const response = await this.transport.send({
      method: operation.method,
      path,
      headers,
      query: operation.takesBody ? undefined : (Object.fromEntries(texts) as Record<string, string>),
      body: operation.takesBody ? rest : undefined,
      repeatable: operation.method === "GET" || operation.idempotent,
      signal: options.signal,
    });
    if (!response.ok) throw problem(response.status, await readJson(response));
    return operation.json ? await response.json() : new Uint8Array(await response.arrayBuffer());
  }

  protected async *pages(operation: Operation, request: object): AsyncGenerator<unknown> {
    let cursor: string | null = null;
    do {
      const asked: object = cursor === null ? request : { ...request, cursor };
      const page = (await this.call(operation, asked, {})) as { data: unknown[]; next_cursor: string | null };
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }
}
