// What page and worker say to each other. The worker holds every secret; nothing in here is one.
import type { Lie } from "./lies.ts";
import type { Answers, EventKinds, Params, Questions } from "../types.ts";

/** Program is what a worker runs: the user's client, or the creators' side or what measures leakage for them, which only their pages load. */
export type Program = "client" | "creator" | "leakage";

export type Method = keyof Params;

export interface Call { call: number; method: Method; params: string; files: Uint8Array<ArrayBuffer>[] }
export interface Reply { call: number; ok?: string; error?: string }
export interface Event { event: keyof EventKinds; data: string }
export interface Question { ask: number; kind: keyof Questions; data: string }
export interface Answer { answer: number; ok?: string; error?: string }

/** Tampering has answers of the host changed from now on, or no longer. */
export interface Tampering { tamper: Lie | null }

export type ToWorker = Call | Answer | Tampering;
export type FromWorker = { ready: true } | { failed: string } | Reply | Event | Question;

export type { Answers };
