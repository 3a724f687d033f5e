// The documents of the creators' program (cmd/wasm/creator), as JSON brings them. Amounts are strings of the token's smallest
// unit.
import type { Check, InputSchema, Pictures, Sheet } from "./types.ts";

export interface Reason { layer: string; op: string; why: string; remedy: string }
export interface Layer { name: string; op: string; shape: number[] | null }

/** DraftRelease is what users would hand over at a cut, and what was measured of it. */
export interface DraftRelease {
  values: number;
  steps: string[];
  tells?: number;
  sheet?: Sheet;
  chart?: string;
  pictures?: Pictures;
  error?: string;
}

/** DraftCut is a place where a model can be cut; its layer is "a+b" if several tensors cross there. */
export interface DraftCut {
  layer: string;
  after: number;
  shape: number[];
  encryptable: boolean;
  reason?: Reason;
  release?: DraftRelease;
}

export interface Card {
  name: string;
  description: string;
  task: string;
  input: InputSchema & { scale: number; mean?: number[]; std?: number[]; clip?: number; order?: string };
  inputRange: { low: number; high: number };
  labels: string[] | null;
  output?: { kind: string };
  sample?: { input: string; output: number[] | null };
}

export interface Draft {
  file: string;
  input: number[] | null;
  layers: Layer[];
  cuts: DraftCut[];
  joined: DraftCut[];
  card: Card;
  given: boolean;
  data: string[];
  samples: number;
  checks: Check[];
}

/** Order is a release to be measured: 0 leaves it to the program. */
export interface Order { k: number; principal: boolean; noise: number; clip: number; bits: number; effort: "quick" | "default"; seed: number }
export interface Tried { cut: string; sheet: Sheet }

export interface Plan {
  kind: string;
  logN: number;
  logQP: number;
  levels: number;
  keyless: boolean;
  keysBytes: number;
  inputBytes: number;
  outputBytes: number;
  predictedSeconds: number;
  precisionBits: number;
  weights: number;
  answers: number;
}

export interface Planned { layer: string; plan?: Plan; reason?: Reason }
export interface Published { id: string; name: string; account: boolean }

export interface BoardCut { index: number; layer: string; price: string; rating?: "red" | "amber" | "green" }
export interface BoardModel { id: string; name: string; active: boolean; ready: boolean; online: boolean; renewed: boolean; successor?: string; kept: boolean; cuts: BoardCut[] }
export interface Board { account: string; throwaway: boolean; credit: string; feeBps: number; models: BoardModel[] }

export type HostState = "posted" | "queued" | "running" | "computed" | "released" | "delivered" | "refunded" | "failed";

export interface CreatorJob {
  id: string;
  model: string;
  cut: number;
  user: string;
  worker?: string;
  state: HostState;
  added: string;
  deliverBy: number;
  history: { state: HostState; time: string }[];
  fee: string;
  feeBps: number;
  elapsedMs?: number;
  escrow: string;
  failure?: { code: string; detail: string };
}

export interface CreatorParams {
  draft: null;
  take: { name: string };
  card: Card;
  file: { name: string };
  measured: object;
  measure: { card: Card; layer: string; data: string; labels: string; order: Order; tried: Tried[] };
  plan: { cuts: string[] };
  publish: { offers: { layer: string; price: string }[]; maxJobsPerUserDay: number; again: boolean };
  bundle: { model: string; passphrase: string };
  renew: { model: string };
  board: null;
  creatorJobs: { before: number };
  withdraw: null;
  setPrice: { model: string; cut: number; price: string };
  setActive: { model: string; active: boolean };
}

export interface CreatorAnswers {
  draft: Draft;
  take: Draft;
  card: Draft;
  file: { file: string };
  measured: Draft;
  measure: { release: object; seconds: number };
  plan: null;
  publish: Published;
  bundle: { file: string };
  renew: Published;
  board: Board;
  creatorJobs: { jobs: CreatorJob[]; next: number };
  withdraw: null;
  setPrice: null;
  setActive: null;
}

export interface CreatorEvents { cut: Planned }
