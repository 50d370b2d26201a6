/**
 * Verifying what a node signed: receipts and other JWS, and webhooks.
 *
 * Ed25519 and HMAC-SHA256 alone; the algorithm is never chosen by what is verified. Everything that
 * does not verify throws `Untrusted`.
 */

import { type Members, Untrusted } from "./errors.js";

const WEBHOOK_WINDOW_S = 300;

type Bytes = Uint8Array<ArrayBuffer>;

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

function base64(text: string): Bytes {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new Untrusted("not base64");
  }
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function unpadded(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Untrusted("not unpadded base64url");
  const bytes = base64(text.replace(/-/g, "+").replace(/_/g, "/"));
  const again = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  if (again !== text) throw new Untrusted("not base64url in its one spelling");
  return bytes;
}

function object(bytes: Bytes): Members {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Untrusted("not JSON");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Untrusted("not an object");
  return value as Members;
}

async function ed25519(raw: Bytes): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
}

/** Public keys by their id. */
export class Keys {
  readonly #byId: Map<string, Bytes>;

  private constructor(byId: Map<string, Bytes>) {
    this.#byId = byId;
  }

  /** Reads a JSON Web Key Set; keys of other kinds are left out. */
  static read(jwks: Members): Keys {
    const byId = new Map<string, Bytes>();
    for (const key of (jwks["keys"] as Members[] | undefined) ?? []) {
      if (key["kty"] === "OKP" && key["crv"] === "Ed25519" && key["kid"]) {
        byId.set(String(key["kid"]), unpadded(String(key["x"])));
      }
    }
    return new Keys(byId);
  }

  /** Checks a compact JWS and answers what it says. */
  async verify(token: string): Promise<Members> {
    const [head, said, signature, ...more] = token.split(".");
    if (head === undefined || said === undefined || signature === undefined || more.length) {
      throw new Untrusted("not three parts");
    }
    const header = object(unpadded(head));
    if (header["alg"] !== "EdDSA" || "crit" in header) throw new Untrusted("not signed with EdDSA");
    const raw = this.#byId.get(String(header["kid"]));
    if (!raw) throw new Untrusted("signed with a key that is not the node's");
    const key = await ed25519(raw);
    const holds = await crypto.subtle.verify("Ed25519", key, unpadded(signature), utf8(`${head}.${said}`));
    if (!holds) throw new Untrusted("the signature does not verify");
    return object(unpadded(said));
  }

  /** Whether one of the keys has signed these bytes. */
  async signed(signature: BufferSource, text: BufferSource): Promise<boolean> {
    for (const raw of this.#byId.values()) {
      if (await crypto.subtle.verify("Ed25519", await ed25519(raw), signature, text)) return true;
    }
    return false;
  }
}

/**
 * Checks the signature on a receipt and that its shown members are those that were signed. Answers
 * the signed members; only they are proven.
 */
export async function verifyReceipt(receipt: Members, keys: Keys): Promise<Members> {
  if (typeof receipt["jws"] !== "string") throw new Untrusted("the receipt is not signed");
  const said = await keys.verify(receipt["jws"]);
  for (const [name, value] of Object.entries(receipt)) {
    if (name in said && JSON.stringify(said[name]) !== JSON.stringify(value)) {
      throw new Untrusted(`${name} is not what was signed`);
    }
  }
  return said;
}

/** Whether one signature of a request, of a version, matches what was signed. */
type Matches = (version: string, encoded: string, text: Bytes) => Promise<boolean>;

/** The payload of a request of which a signature matches, sent around a moment. */
async function opened(
  headers: Record<string, string>,
  body: string,
  [now, windowS]: [number, number],
  matches: Matches,
): Promise<Members> {
  const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const of = (name: string) => given.get(`webhook-${name}`) ?? "";
  const [id, moment, signatures] = [of("id"), of("timestamp"), of("signature")];
  if (!id || !/^\d+$/.test(moment) || !signatures) {
    throw new Untrusted("webhook-id, webhook-timestamp and webhook-signature are required");
  }
  if (Math.abs(now - Number(moment)) > windowS) {
    throw new Untrusted("the webhook is too old, or from the future");
  }
  const text = utf8(`${id}.${moment}.${body}`);
  for (const signature of signatures.split(" ")) {
    const [version, encoded] = signature.split(",", 2);
    if (await matches(version ?? "", encoded ?? "", text)) return object(utf8(body));
  }
  throw new Untrusted("no signature verifies");
}

/**
 * Checks a callback of a node by the keys that the node publishes, and answers its payload. The same
 * callback may come again under the same `webhook-id`.
 */
export async function verifyWebhook(
  headers: Record<string, string>,
  body: string,
  keys: Keys,
  { windowS = WEBHOOK_WINDOW_S, now = () => Date.now() / 1_000 } = {},
): Promise<Members> {
  return await opened(headers, body, [now(), windowS], async (version, encoded, text) => {
    if (version !== "v1a") return false;
    try {
      return await keys.signed(base64(encoded), text);
    } catch {
      return false;
    }
  });
}

/**
 * What checks webhooks by the convention of Standard Webhooks: `whsec_…` is a shared secret
 * (signatures `v1`), `whpk_…` the sender's public key (`v1a`).
 */
export class Webhook {
  constructor(
    readonly secret: string,
    readonly windowS = WEBHOOK_WINDOW_S,
    readonly now: () => number = () => Date.now() / 1_000,
  ) {}

  /** Checks a request and answers its payload. */
  async verify(headers: Record<string, string>, body: string): Promise<Members> {
    return await opened(headers, body, [this.now(), this.windowS], (...signed) => this.#matches(...signed));
  }

  async #matches(version: string, encoded: string, text: Bytes): Promise<boolean> {
    const [kind, key] = this.secret.split("_", 2);
    const fits = (kind === "whsec" && version === "v1") || (kind === "whpk" && version === "v1a");
    if (!fits) return false;
    try {
      const [secret, signature] = [base64(key ?? ""), base64(encoded)];
      if (kind === "whpk") return await crypto.subtle.verify("Ed25519", await ed25519(secret), signature, text);
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const shared = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
      return await crypto.subtle.verify("HMAC", shared, signature, text);
    } catch {
      return false;
    }
  }
}
