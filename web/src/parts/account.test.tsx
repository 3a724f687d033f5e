import { describe, expect, it, vi } from "vitest";
import { stateOf } from "../pages/jobs.tsx";
import type { Job, Money } from "../types.ts";
import { spending } from "./account.tsx";
import { due } from "./money.tsx";

vi.mock("../worker/worker.ts?worker&url", () => ({ default: "/assets/worker.js" }));

const job = (model: string, state: Job["state"], worker: string, creator: string) =>
  ({ model, state, spec: { workerFee: worker, creatorFee: creator } }) as Job;

describe("spending", () => {
  it("adds what was paid by model, the most expensive first, and leaves out what was not paid", () => {
    const list = spending([
      job("digits", "delivered", "1", "2"), job("lungs", "delivered", "100000000000000000000", "5"), job("digits", "uploaded", "3", "4"), job("lungs", "created", "9", "9"),
    ]);
    expect(list).toEqual([
      { model: "lungs", jobs: 1, answered: 1, workers: "100000000000000000000", creators: "5" },
      { model: "digits", jobs: 2, answered: 1, workers: "4", creators: "6" },
    ]);
    expect(spending([])).toEqual([]);
  });
});

describe("a refund", () => {
  const money = (escrow: string, refundAfter: number, now: number): Money => ({ escrow, refundAfter, now, amount: "1", credit: "0" });
  it("is due once the deadline that counts has passed by the chain's time", () => {
    expect([due(money("posted", 100, 100)), due(money("posted", 100, 101)), due(money("delivered", 0, 101))]).toEqual([false, true, false]);
  });
  it("is not counted as spent: all of it, or what the creator did not earn", () => {
    const of = (escrow: string) => spending([{ ...job("m", "uploaded", "3", "4"), escrow }]).map((s) => [s.workers, s.creators]);
    expect([of("posted"), of("refunded"), of("undelivered")]).toEqual([[["3", "4"]], [["0", "0"]], [["3", "0"]]]);
  });
  it("is what the history says of a job, whatever it had come to", () => {
    expect(stateOf({ ...job("m", "uploaded", "1", "1"), escrow: "refunded" })).toBe("refunded");
    expect(stateOf({ ...job("m", "uploaded", "1", "1"), escrow: "posted" })).toBe("uploaded");
  });
});
