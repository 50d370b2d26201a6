/** The TypeScript client of a Hansa node. */

export { AGPClient, type AGPClientOptions, AGPError } from "./agp.js";
export { Client } from "./client.js";
export * from "./errors.js";
export { type CallOptions, type Operation, OPERATIONS, Operations } from "./operations.js";
export type * as types from "./operations.js";
export { Transport, type TransportOptions } from "./transport.js";
export { Keys, verifyReceipt, verifyWebhook, Webhook } from "./verify.js";
