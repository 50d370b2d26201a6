// The native client against a live node, named by HANSA_NODE and HANSA_API_KEY.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { BadRequest, Client, Forbidden, NotFound, OPERATIONS, TokenRefused, Unauthenticated, Untrusted } from "../dist/index.js";

const { HANSA_NODE: url, HANSA_API_KEY: apiKey } = process.env;
const options = { skip: url && apiKey ? false : "start `hansa dev` and set HANSA_NODE and HANSA_API_KEY" };
const owner = new Client(url ?? "http://127.0.0.1:9", { apiKey });
let alice, bob, client;

before(async () => {
  if (options.skip) return;
  alice = await owner.agentCreate({ name: "alice", genesis_grant: true });
  bob = await owner.agentCreate({ name: "bob", genesis_grant: true });
  client = new Client(url, { apiKey: alice.api_key });
});

test("every operation of the node is a method", options, async () => {
  const { paths } = await owner.openapi();
  const served = Object.values(paths).flatMap((methods) => Object.values(methods).map((op) => op.operationId));
  assert.deepEqual(new Set(served), new Set(Object.keys(OPERATIONS)));
});

test("money moves once for a key, and lists are followed to their end", options, async () => {
  const pay = () => client.transferCreate({ to: bob.id, amount: "2.5" }, { idempotencyKey: "invoice-42" });
  const [first, second] = [await pay(), await pay()];
  assert.equal(first.id, second.id);
  let last = first;
  for (let i = 0; i < 4; i++) last = await client.transferCreate({ to: bob.id, amount: "0.1" });
  // Lists follow the journal and say how far they are.
  while ((await client.transferList()).as_of_seq < last.seq);
  const ids = [];
  for await (const transfer of client.transferListAll({ limit: 2 })) ids.push(transfer.id);
  assert.ok(ids.length >= 5 && new Set(ids).size === ids.length && ids.includes(first.id));
});

test("refusals are typed", options, async () => {
  const refused = await client.transferCreate({ to: bob.id, amount: "1000000" }).catch((error) => error);
  assert.ok(refused instanceof BadRequest);
  assert.equal(refused.code, "insufficient_funds");
  assert.ok(refused.nextStep && refused.requestId);
  await assert.rejects(client.mintCreate({ to: alice.id, amount: "1" }), Forbidden);
  await assert.rejects(client.transferGet({ transfer: "trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD" }), NotFound);
  await assert.rejects(client.transferGet({ transfer: "" }), TypeError);
  await assert.rejects(new Client(url).agentList(), Unauthenticated);
});

test("tokens are fetched, renewed, and verify under the node's keys", options, async () => {
  const made = await client.clientCreate({ actions: ["*"] });
  const secrets = { clientId: made.client_id, clientSecret: made.client_secret };
  const byToken = new Client(url, secrets);
  assert.equal((await byToken.agentMe()).client_id, alice.id);
  await byToken.tokensRevoke({ agent: alice.id });
  assert.equal((await byToken.agentMe()).client_id, alice.id);
  await assert.rejects(new Client(url, { ...secrets, clientSecret: "wrong" }).agentMe(), TokenRefused);
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: made.client_id, client_secret: made.client_secret });
  const answer = await fetch(`${url}/oauth/token`, { method: "POST", body: form });
  const { access_token } = await answer.json();
  const keys = await byToken.keys();
  assert.equal((await keys.verify(access_token)).client_id, made.client_id);
  await assert.rejects(keys.verify(`${access_token.slice(0, -4)}AAAA`), Untrusted);
});
