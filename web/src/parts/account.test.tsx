import { describe, expect, it, vi } from "vitest";
import { refundable } from "../pages/jobs.tsx";
import type { Job } from "../types.ts";
import { spending } from "./account.tsx";

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
  it("is offered once the deadline that counts has passed, and not after the answer", () => {
    const at = (state: Job["state"], computed: boolean) =>
      ({ state, spec: { prefixBy: 100, deliverBy: 200 }, ...(computed ? { receipt: {} } : {}) }) as Job;
    expect([refundable(at("uploaded", false), 99), refundable(at("uploaded", false), 101)]).toEqual([false, true]);
    expect([refundable(at("released", true), 150), refundable(at("released", true), 201)]).toEqual([false, true]);
    expect([refundable(at("delivered", true), 999), refundable(at("created", false), 999)]).toEqual([false, false]);
  });
});
