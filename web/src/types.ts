// The documents of the Go client (cmd/wasm), as JSON brings them. Amounts are strings of the token's smallest unit.
import type { CreatorAnswers, CreatorEvents, CreatorParams } from "./creator.ts";

export type Status = "passed" | "failed" | "skipped";
export interface Check { name: string; status: Status; expected?: string; got?: string; why?: string; remedy?: string }

export interface Verdict {
  ok: boolean;
  simulated: boolean;
  tee?: string;
  tcbStatus?: string;
  tcbDate?: string;
  advisories?: string[];
  notProven: string[] | null;
  checks: Check[] | null;
  verifiedAt?: string;
  expiresAt?: string;
  workload: { tee?: string; mrtd?: string; rtmr0?: string; rtmr1?: string; rtmr2?: string; composeHash?: string; keyProvider?: string };
  workloadId: string;
}

export interface Judged { signer: string; verdict: Verdict }
/** Past is a verdict that was given in this browser before. */
export interface Past { at: string; ok: boolean; simulated: boolean; tcbStatus?: string; tcbDate?: string; workloadId: string; failed?: string[] }
export interface Examined { kind: string; verdict: Verdict; signer?: string; policy: "network" | "default"; assumed?: string[] }

export interface Network { name: string; chainId: number; workerFee: string; feeBps: number; software: string }
export interface NetworkFile { name: string; rpc: string; contracts: { chainId: number }; policy: { insecureSimulatorRootPem?: string } }

export interface Sheet {
  measuredBy: string;
  values: number;
  accuracy: number | null;
  baseAccuracy: number | null;
  agreement: number;
  ssim?: number | null;
  floorSsim?: number | null;
  reid1: number;
  match1: number;
  gallery: number;
  bitCap: number | null;
  bitCapText: string;
  rating: "red" | "amber" | "green";
  attacks: { name: string; reid1: number }[] | null;
  date: string;
}

/** Pictures are records and what was rebuilt of them: base64 of a byte a color, row by row. */
export interface Pictures { width: number; height: number; colors: 1 | 3; pairs: { record: string; rebuilt: string }[] }

export interface Cut {
  index: number;
  layer: string;
  layers: string[] | null;
  shape: number[];
  price: string;
  keysBytes: number;
  inputBytes: number;
  outputBytes: number;
  keyless: boolean;
  sheet?: Sheet;
  chart?: string;
  pictures?: Pictures;
}

export interface Field { name: string; unit?: string; values?: string[]; valid?: { low: number; high: number } }
export interface InputSchema { kind: "image" | "table"; shape: number[]; columns?: string[]; fields?: Field[] }

export interface Model {
  id: string;
  ready: boolean;
  online: boolean;
  manifest: {
    name: string;
    description: string;
    task: string;
    creator: string;
    labels: string[] | null;
    input: InputSchema;
    cuts: Cut[];
  };
  plans: { kind: string; logN: number; logQP: number; levels: number; predictedSeconds: number; precisionBits: number; error?: string }[];
}

export interface Listing { models: Model[]; refused: Record<string, string> }
/** Quote is what a cut costs, how long it takes, and for how long what is not earned is held back. */
export interface Quote {
  seconds: number; calibrated: boolean; worker: string; creator: string; feeBps: number; total: string; receiptSeconds: number; answerSeconds: number;
}

export interface Worker {
  signer: string;
  operator: string;
  workloadId: string;
  simulated: boolean;
  tcbStatus: string;
  connected: string;
  validUntil: string;
  busy: boolean;
}

export interface Prepared { input: number; values: number; low: number; high: number; width?: number; height?: number; pixels?: string; row?: number[]; inside: boolean }
export interface Price { steps: string[] | null; tells?: number; values: number; again: boolean; spent: number; bounded: boolean; budget: number; refused?: string }
export interface Balance { address: string; tokens: string; wei: string }

export interface Spec { user: string; creator: string; modelId: string; cut: number; workerFee: string; creatorFee: string; prefixBy: number; deliverBy: number; inputHash: string; keysHash: string }
export interface Receipt { jobId: string; prefixHash: string; keysHash: string; inputHash: string; outputHash: string; elapsedMs: number }
export interface Result { values: number[]; labels?: string[]; probabilities?: number[]; label?: string; quantities?: { name: string; value: number; unit?: string }[] }
export interface Report { floodBits: number; valueStd: number; bits: number; values: number; tells?: number; clipped?: number }

export type JobState = "created" | "posted" | "uploaded" | "computed" | "released" | "delivered" | "refused";

export interface Job {
  id: string;
  state: JobState;
  created: number;
  model: string;
  layer: string;
  spec: Spec;
  worker: string;
  simulated: boolean;
  prediction?: { seconds: number; calibrated: boolean };
  receipt?: Receipt;
  result?: Result;
  released?: Report;
  escrow?: string;
}

/** Money is where a job's money is, by the chain, whose time it tells; refundAfter is 0 if there is nothing to refund. */
export interface Money { escrow: string; now: number; refundAfter: number; amount: string; credit: string }

export interface Outcome { jobId: string; result: Result; receipt: Receipt; worker: string; simulated: boolean; releasedBits: number }
export interface Explored { id: string; spec: Spec; state?: string; escrow: string; checks: Check[] }

export interface Step { name: string; seconds: number; bytes: number; detail?: string }
export interface Progress { step: string; done: number; total: number; detail: string }

/** Params are the methods of the worker and what they take. */
export interface Params extends CreatorParams {
  open: { host: string; network: NetworkFile };
  wallet: { address?: string; throwaway?: boolean };
  balance: null;
  models: null;
  quote: { model: string; cut: number };
  workers: null;
  verifyWorker: Worker;
  verdicts: { signer: string };
  examine: { at?: string };
  input: { model: string; row?: number };
  price: { model: string; cut: number; input: number };
  prepare: { model: string; cut: number; input: number; maxCost: string };
  resume: { job: string };
  stop: null;
  jobs: null;
  forget: { job: string };
  money: { job: string };
  refund: { job: string };
  receipt: { job: string };
  explore: { job: string };
  checkReceipt: null;
  export: null;
  erase: null;
}

/** Answers are what the methods give. */
export interface Answers extends CreatorAnswers {
  open: Network;
  wallet: Balance | null;
  balance: Balance;
  models: Listing;
  quote: Quote;
  workers: Worker[];
  verifyWorker: Judged;
  verdicts: Past[];
  examine: Examined;
  input: Prepared;
  price: Price;
  prepare: Job;
  resume: Outcome;
  stop: null;
  jobs: Job[];
  forget: null;
  money: Money;
  refund: Money;
  receipt: object;
  explore: Explored;
  checkReceipt: Explored;
  export: { account: string; network: string; browser: Job[]; host: object[] };
  erase: { host?: { erased: number; kept: string[] | null } };
}

/** EventKinds are what the worker tells unasked. */
export interface EventKinds extends CreatorEvents { step: Step; progress: Progress; verdict: Judged }

/** Questions are what the worker asks the page, and what the page answers. */
export interface Questions {
  sign: { ask: { address: string; typed: object }; answer: string };
  signText: { ask: { address: string; text: string }; answer: string };
  send: { ask: { from: string; to: string; data: string }; answer: string };
  confirm: { ask: { report: Report; text: string; values: number[] }; answer: boolean };
}
