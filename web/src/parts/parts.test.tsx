import { act } from "react";
import { createRoot } from "react-dom/client";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fits } from "../pages/catalogue.tsx";
import type { Check, Cut, Model, Sheet, Verdict } from "../types.ts";
import { Checks, VerdictView } from "./checks.tsx";
import { rowOf } from "./input.tsx";
import { Leakage } from "./leakage.tsx";
import { advance, Answer } from "./live.tsx";
import { pixels } from "./rebuilt.tsx";

vi.mock("../worker/worker.ts?worker&url", () => ({ default: "/assets/worker.js" }));

beforeAll(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
});

function render(node: React.ReactNode): HTMLElement {
  const root = document.createElement("div");
  act(() => createRoot(root).render(node));
  return root;
}

const checks: Check[] = [
  { name: "quote.signature", status: "passed", expected: "valid", got: "valid" },
  { name: "tcb.status", status: "failed", expected: "UpToDate", got: "Revoked", remedy: "ask another worker" },
  { name: "sgx.mrenclave", status: "skipped" },
];

const verdict: Verdict = { ok: false, simulated: true, notProven: ["that nobody looks"], checks, workload: {}, workloadId: "0x" };

describe("checks", () => {
  it("ticks a passed check and nothing else", () => {
    const marks = [...render(<Checks list={checks} />).querySelectorAll(".check")].map((e) => [e.className.split(" ")[1], e.querySelector(".mark")?.textContent]);
    expect(marks).toEqual([["passed", "✓"], ["failed", "✗"], ["skipped", "–"]]);
  });
  it("opens by itself when something failed", () => {
    expect(render(<Checks list={checks} />).querySelector("details")?.open).toBe(true);
    expect(render(<Checks list={checks.slice(0, 1)} />).querySelector("details")?.open).toBe(false);
  });
  it("says refused, simulated and what is not proven", () => {
    const text = render(<VerdictView verdict={verdict} name="x" />).textContent;
    for (const word of ["Refused", "SIMULATED", "that nobody looks", "UpToDate", "Revoked", "ask another worker"]) expect(text).toContain(word);
    expect(text).not.toContain("All checks passed");
  });
});

const sheet: Sheet = {
  measuredBy: "creator", values: 1, accuracy: 0.88, baseAccuracy: 0.9, agreement: 0.9, reid1: 0.01, match1: 0.2, gallery: 100,
  bitCap: null, bitCapText: "unbounded", rating: "red", attacks: [], date: "2026-01-01",
};
const cut: Cut = { index: 1, layer: "conv", layers: ["conv"], shape: [1], price: "1", keysBytes: 0, inputBytes: 1, outputBytes: 1, keyless: true };

describe("leakage", () => {
  it("says unbounded where nothing caps it, and takes the better attack", () => {
    const text = render(<Leakage cut={{ ...cut, sheet }} />).textContent ?? "";
    expect(text).toContain("unbounded");
    expect(text).toContain("20 %");
    expect(text).toContain("weak");
  });
  it("claims nothing without a sheet", () => {
    const text = render(<Leakage cut={cut} />).textContent ?? "";
    expect(text).toContain("Nothing was measured");
    expect(text).not.toMatch(/strong|\d %/);
  });
});

describe("runs", () => {
  it("keeps the order of steps, when they began, and adds those it did not expect", () => {
    let list = advance([{ name: "pay" }, { name: "compute" }], { progress: { step: "compute", done: 0, total: 0, detail: "" } }, 5);
    list = advance(list, { progress: { step: "compute", done: 1, total: 2, detail: "conv" } }, 9);
    list = advance(list, { step: { name: "extra", seconds: 1, bytes: 0 } }, 10);
    expect(list.map((s) => s.name)).toEqual(["pay", "compute", "extra"]);
    expect(list[1]).toMatchObject({ since: 5, progress: { done: 1 } });
    expect(list[0]?.done).toBeUndefined();
  });
  it("shows the most likely label first", () => {
    const items = render(<Answer result={{ values: [], labels: ["a", "b"], probabilities: [0.2, 0.8], label: "b" }} />).querySelectorAll("li span:first-child");
    expect([...items].map((e) => e.textContent)).toEqual(["b", "a"]);
  });
});

describe("inputs and catalogue", () => {
  it("makes a record of a form", () => {
    const f = new FormData();
    f.set("age", "61");
    f.set("sex", "female");
    expect(rowOf([{ name: "age" }, { name: "sex", values: ["female", "male"] }], f)).toEqual({ age: 61, sex: "female" });
  });
  it("finds models by all words and by input", () => {
    const m = { manifest: { name: "Pneumonia", description: "chest X-ray", task: "classification", cuts: [cut], labels: ["normal"], input: { kind: "image", shape: [1] } } } as unknown as Model;
    expect(fits(m, "chest CONV", "")).toBe(true);
    expect(fits(m, "chest skin", "")).toBe(false);
    expect(fits(m, "", "table")).toBe(false);
  });
});

describe("pictures of what is rebuilt", () => {
  const gray = { width: 2, height: 1, colors: 1 as const, pairs: [{ record: btoa("\x00\x80"), rebuilt: btoa("\x40\x41") }] };
  it("are drawn as they were sent, gray or in color", () => {
    expect([...pixels(gray, gray.pairs[0]!.record)]).toEqual([0, 0, 0, 255, 128, 128, 128, 255]);
    expect([...pixels({ ...gray, width: 1, colors: 3 }, btoa("\x01\x02\x03"))]).toEqual([1, 2, 3, 255]);
  });
  it("stand on the sheet, each with a name, only where there are some", () => {
    const cut = { index: 1, layer: "gap", layers: [], shape: [1], price: "1", keysBytes: 0, inputBytes: 1, outputBytes: 1, keyless: true, sheet };
    expect(render(<Leakage cut={cut} />).querySelectorAll("canvas")).toHaveLength(0);
    const names = [...render(<Leakage cut={{ ...cut, pictures: gray }} />).querySelectorAll("canvas")].map((c) => c.getAttribute("aria-label"));
    expect(names).toEqual(["Picture 1", "Rebuilt 1"]);
  });
});
