// What needs no node: repetition, tokens, webhooks, the shape of refusals.

import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";

import { AGPApprovalRequiredError, AGPClient, AGPScopeViolationError, AGPServerError, refusal } from "../dist/agp.js";
import { Client, Keys, NodeFailed, Untrusted, verifyReceipt, verifyWebhook, Webhook } from "../dist/index.js";

function server(...answers) {
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url: String(url), ...init });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const [status, body, headers] = answer;
    return new Response(JSON.stringify(body), { status, headers });
  };
  const waited = [];
  return { asked, waited, options: { fetch, retriesMost: 3, sleep: async (ms) => void waited.push(ms) } };
}

test("writes are repeated under one key and wait as told", async () => {
  const busy = [503, { code: "queue_full" }, { "Retry-After": "2" }];
  const { asked, waited, options } = server(busy, new TypeError("gone"), [201, { id: "trf_1" }]);
  const client = new Client("http://node.test", { apiKey: "k", ...options });
  assert.deepEqual(await client.transferCreate({ to: "agt_1", amount: "1" }), { id: "trf_1" });
  assert.equal(new Set(asked.map((request) => request.headers["Idempotency-Key"])).size, 1);
  assert.equal(waited.length, 2);
  assert.equal(waited[0], 2000);
});

test("what has no key is sent once", async () => {
  const { asked, options } = server([503, { code: "not_yet" }]);
  const client = new Client("http://node.test", options);
  await assert.rejects(client.setupComplete({ token: "t" }), NodeFailed);
  assert.equal(asked.length, 1);
});

test("tokens are fetched once and renewed when refused", async () => {
  const token = (text) => [200, { access_token: text, expires_in: 3600 }];
  const refused = [401, { error: { code: "AGP_UNAUTHENTICATED" } }];
  const { asked, options } = server(token("t1"), [201, { task_id: "tsk_1" }], refused, token("t2"), [200, {}]);
  const client = new AGPClient("http://agp.test", { client_id: "a", client_secret: "b", ...options });
  assert.equal((await client.registry.createTask({ principal_id: "a" })).task_id, "tsk_1");
  await client.registry.getTask("tsk_1");
  const bearers = asked.map((request) => request.headers?.["Authorization"]);
  assert.deepEqual(bearers, [undefined, "Bearer t1", "Bearer t1", undefined, "Bearer t2"]);
});

test("submit waits for a pending approval under one key, and for nothing that was rejected", async () => {
  const required = [422, { error: { code: "AGP_APPROVAL_REQUIRED", message: "pending" } }];
  const one = server(required, [200, { status: "pending" }], [201, { action_id: "act_1" }]);
  const client = new AGPClient("http://agp.test", one.options);
  const envelope = { task_id: "tsk_1", approval_artifact: "arq_1" };
  assert.equal((await client.execution.submit(envelope)).action_id, "act_1");
  assert.equal(one.asked[0].headers["Idempotency-Key"], one.asked[2].headers["Idempotency-Key"]);
  const meanwhile = server(required, [200, { status: "completed" }], [201, { action_id: "act_2" }]);
  const quick = new AGPClient("http://agp.test", meanwhile.options);
  assert.equal((await quick.execution.submit(envelope)).action_id, "act_2");
  const two = server(required, [200, { status: "denied" }], required);
  const other = new AGPClient("http://agp.test", two.options);
  await assert.rejects(other.execution.submit(envelope), AGPApprovalRequiredError);
});

test("lists are followed to their end", async () => {
  const page = (items, cursor) => [200, { items, page: { has_more: Boolean(cursor), next_cursor: cursor } }];
  const { asked, options } = server(page([{ task_id: "1" }], "c"), page([{ task_id: "2" }], null));
  const client = new AGPClient("http://agp.test", options);
  const ids = [];
  for await (const task of client.registry.allTasks({ status: "CREATED" })) ids.push(task.task_id);
  assert.deepEqual(ids, ["1", "2"]);
  assert.match(asked[1].url, /cursor=c/);
});

test("refusals are told apart by code and then by status", () => {
  assert.ok(refusal(409, { error: { code: "AGP_SCOPE_VIOLATION" } }) instanceof AGPScopeViolationError);
  const failed = refusal(503, {});
  assert.ok(failed instanceof AGPServerError && failed.retryable);
});

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const raw = Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url");

test("webhooks verify by secret and by key", async () => {
  const [body, moment, secret] = ['{"type":"test.ping"}', 1_700_000_000, Buffer.alloc(32, "s")];
  const text = `msg_1.${moment}.${body}`;
  const tag = createHmac("sha256", secret).update(text).digest("base64");
  const signature = sign(null, Buffer.from(text), privateKey).toString("base64");
  const headers = { "Webhook-Id": "msg_1", "Webhook-Timestamp": `${moment}`, "Webhook-Signature": `v1,${tag} v1a,${signature}` };
  for (const known of [`whsec_${secret.toString("base64")}`, `whpk_${raw.toString("base64")}`]) {
    const webhook = new Webhook(known, 300, () => moment + 10);
    assert.deepEqual(await webhook.verify(headers, body), { type: "test.ping" });
    await assert.rejects(webhook.verify(headers, `${body} `), Untrusted);
    await assert.rejects(webhook.verify({ ...headers, "Webhook-Id": "msg_2" }, body), Untrusted);
    await assert.rejects(webhook.verify({ ...headers, "Webhook-Signature": "v1,AAAA v1a,AAAA" }, body), Untrusted);
    await assert.rejects(new Webhook(known, 300, () => moment + 301).verify(headers, body), Untrusted);
  }
});

test("callbacks verify by the keys of a node", async () => {
  const [body, moment] = ['{"type":"approval.approved"}', 1_700_000_000];
  const text = `arq_1.${moment}.${body}`;
  const signature = sign(null, Buffer.from(text), privateKey).toString("base64");
  const headers = { "Webhook-Id": "arq_1", "Webhook-Timestamp": `${moment}`, "Webhook-Signature": `v1a,${signature}` };
  const keys = Keys.read({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k1", x: raw.toString("base64url") }] });
  const at = (after) => ({ now: () => moment + after });
  assert.deepEqual(await verifyWebhook(headers, body, keys, at(10)), { type: "approval.approved" });
  for (const [wrong, said, known, after] of [
    [{}, `${body} `, keys, 10],
    [{}, body, Keys.read({ keys: [] }), 10],
    [{}, body, keys, 301],
    [{ "Webhook-Id": "arq_2" }, body, keys, 10],
    [{ "Webhook-Signature": `v1,${signature}` }, body, keys, 10],
    [{ "Webhook-Signature": "v1a,A" }, body, keys, 10],
  ]) {
    await assert.rejects(verifyWebhook({ ...headers, ...wrong }, said, known, at(after)), Untrusted);
  }
});

test("receipts verify and their members are compared", async () => {
  const jws = (said, header = {}) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "EdDSA", kid: "k1", ...header })}.${part(said)}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString("base64url")}`;
  };
  const keys = Keys.read({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k1", x: raw.toString("base64url") }, { kty: "RSA" }] });
  const said = { receipt_id: "rcp_1", outcome: "accepted" };
  const receipt = { ...said, jws: jws(said), note: "not signed" };
  assert.deepEqual(await verifyReceipt(receipt, keys), said);
  for (const wrong of [
    { ...receipt, outcome: "failed" },
    { ...receipt, jws: jws(said, { alg: "none" }) },
    { ...receipt, jws: jws(said, { kid: "k2" }) },
    { ...receipt, jws: jws(said, { crit: ["x"] }) },
    { ...receipt, jws: `${jws(said)}A` },
    said,
  ]) {
    await assert.rejects(verifyReceipt(wrong, keys), Untrusted);
  }
});
