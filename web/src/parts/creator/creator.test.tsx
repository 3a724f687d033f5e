import { act } from "react";
import { SharedContext, type Shared } from "../../context.tsx";
import { createRoot } from "react-dom/client";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Card, CreatorJob, Draft, DraftCut, Planned } from "../../creator.ts";
import { command, fileName, networkFor } from "./bundle.tsx";
import { cardOf, numbers } from "./card.tsx";
import { Cuts, offerable, operators, segments } from "./cuts.tsx";
import { inOrder } from "./give.tsx";
import { stepName } from "./go.tsx";
import { Joined } from "./joined.tsx";
import { earned, JobTable, totals } from "./jobs.tsx";
import { ceiling, Latency, median, waits } from "./latency.tsx";
import { agentOf } from "./models.tsx";
import { labelsOf, Measure, orderOf } from "./measure.tsx";
import { Offers, unitsOf } from "./offers.tsx";

vi.mock("../../worker/worker.ts?worker&url", () => ({ default: "/assets/worker.js" }));

beforeAll(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
});

function render(node: React.ReactNode): HTMLElement {
  const root = document.createElement("div");
  act(() => createRoot(root).render(node));
  return root;
}

const card: Card = {
  name: "m", description: "d", task: "classification", labels: ["a", "b"], inputRange: { low: 0, high: 1 },
  input: { kind: "table", shape: [2], scale: 1, columns: ["x", "y"], mean: [1, 2], std: [3, 4], clip: 4 }, sample: { input: "t.csv#3", output: [0.5, -1] },
};
const cuts: DraftCut[] = [
  { layer: "fc1", after: 1, shape: [64], encryptable: true },
  { layer: "sq1", after: 3, shape: [64], encryptable: true, release: { values: 1, steps: ["noise"], tells: 1.8 } },
  { layer: "relu", after: 4, shape: [64], encryptable: false, reason: { layer: "relu", op: "Relu", why: "it is no polynomial", remedy: "train with one" } },
];
const draft: Draft = {
  file: "m.onnx", input: [2], card, given: true, data: [], samples: 1, checks: [], cuts, joined: [],
  layers: ["Gemm", "Mul", "Mul", "Relu", "Gemm"].map((op, i) => ({ name: `n${i}`, op, shape: [64] })),
};

describe("the strip of a draft", () => {
  it("puts layers between cuts, and those after the last by themselves", () => {
    expect(segments(draft).map((s) => [s.layers.length, s.cut?.layer])).toEqual([[1, "fc1"], [2, "sq1"], [1, "relu"], [1, undefined]]);
    expect(operators(draft.layers)).toBe("Gemm, Mul, Relu, Gemm");
  });
  it("shows figures of planned cuts, and why encryption ends where it ends", () => {
    const plan = { kind: "keyless, windows", logN: 12, logQP: 100, levels: 1, keyless: true, keysBytes: 0, inputBytes: 2048, outputBytes: 1024, predictedSeconds: 0.5, precisionBits: 20, weights: 9, answers: 3 };
    const plans = new Map<string, Planned>([["fc1", { layer: "fc1", plan }], ["sq1", { layer: "sq1", reason: { layer: "sq1", op: "plan", why: "too deep", remedy: "cut earlier" } }]]);
    const root = render(<Cuts draft={draft} plans={plans} chosen={new Set(["fc1"])} toggle={() => {}} />);
    const text = root.textContent ?? "";
    for (const word of ["500 ms", "none needed", "2 KiB", "20.0 bits", "too deep", "cut earlier", "Relu at relu", "it is no polynomial", "train with one"]) expect(text).toContain(word);
    const boxes = [...root.querySelectorAll("input")];
    expect(boxes.map((b) => [b.checked, b.disabled])).toEqual([[true, false], [false, true]]);
  });
  it("offers no cut that cannot be encrypted", () => {
    const root = render(<Cuts draft={{ ...draft, cuts: [{ ...(cuts[2] as DraftCut) }] }} plans={new Map()} chosen={new Set()} toggle={() => {}} />);
    expect(root.querySelectorAll("input").length).toBe(0);
  });
});

describe("cuts that several tensors cross", () => {
  const joined: DraftCut[] = [
    { layer: "fc1+sq1", after: 2, shape: [128], encryptable: true },
    { layer: "fc1+relu", after: 4, shape: [128], encryptable: false, reason: { layer: "relu", op: "Relu", why: "it is no polynomial", remedy: "train with one" } },
  ];
  it("can be offered and planned, each by itself, where encryption has not ended", () => {
    const asked: string[] = [];
    const root = render(<Joined draft={{ ...draft, joined }} plans={new Map()} chosen={new Set(["fc1+sq1"])} busy={false} toggle={() => {}} plan={(l) => asked.push(l)} />);
    expect(root.textContent).toContain("fc1 and sq1");
    expect(root.textContent).toContain("1 more is where encryption has ended");
    expect([...root.querySelectorAll("input")].map((b) => b.checked)).toEqual([true]);
    act(() => root.querySelector("button")?.click());
    expect(asked).toEqual(["fc1+sq1"]);
    expect(offerable({ ...draft, joined }).map((c) => c.layer)).toEqual(["fc1", "sq1", "fc1+sq1"]);
  });
  it("are not spoken of where there are none", () => {
    expect(render(<Joined draft={draft} plans={new Map()} chosen={new Set()} busy={false} toggle={() => {}} plan={() => {}} />).textContent).toBe("");
  });
});

describe("the card", () => {
  const form = (change: Record<string, string> = {}) => {
    const f = new FormData();
    const values = {
      name: "m", description: "d", task: "classification", kind: "table", shape: "2", scale: "1", clip: "4", low: "0", high: "1", mean: "1 2", std: "3, 4",
      columns: "x\ny", labels: "a\nb", output: "", sample: "t.csv#3", expected: "0.5; -1", ...change,
    };
    for (const [k, v] of Object.entries(values)) f.set(k, v);
    return f;
  };
  it("is what it was if nothing was changed", () => expect(cardOf(card, form())).toEqual(card));
  it("keeps what the form does not show, and leaves out what is empty", () => {
    const was = { ...card, input: { ...card.input, order: "bgr" } };
    const now = cardOf(was, form({ kind: "image", mean: "", std: "", clip: "0", sample: "", expected: "", output: "logits" }));
    expect(now.input).toEqual({ kind: "image", shape: [2], scale: 1, order: "bgr" });
    expect(now.output).toEqual({ kind: "logits" });
    expect(now.sample).toBeUndefined();
  });
  it("names a field that holds no numbers", () => {
    expect(() => numbers("Mean", "1 two")).toThrow("Mean");
    expect(() => cardOf(card, form({ low: "" }))).toThrow("Least");
  });
});

describe("measuring", () => {
  const filled = (values: Record<string, string>) => {
    const f = new FormData();
    for (const [k, v] of Object.entries(values)) f.set(k, v);
    return f;
  };
  it("leaves to the program what is left empty", () => {
    expect(orderOf(filled({ k: "", noise: "" }))).toEqual({ k: 0, principal: false, noise: 0, clip: 0, bits: 0, effort: "default", seed: 0 });
    expect(orderOf(filled({ k: "2", noise: "0.3", bits: "8", quick: "on", principal: "on", seed: "7" }))).toEqual({ k: 2, principal: true, noise: 0.3, clip: 0, bits: 8, effort: "quick", seed: 7 });
  });
  it.each([["a.csv", "column"], ["A.NPZ", "inside"], ["x.npy", "file"], ["t10k-images-idx3-ubyte.gz", "file"]])("finds labels of %s", (name, where) => expect(labelsOf(name)).toBe(where));

  it("has a worker of its own measure, shows how far it is, and puts the sheet into the draft", async () => {
    const asked: [string, unknown][] = [];
    const client = {
      call: async (method: string, params: unknown) => {
        asked.push([method, params]);
        return method === "file" ? { file: btoa("bytes") } : { ...draft, file: "with sheet" };
      },
    };
    const sent: { call: number; method: string; params: string; files: Uint8Array[] }[] = [];
    let hear: (e: { data: unknown }) => void = () => {};
    let ended = 0;
    vi.stubGlobal("Worker", class {
      addEventListener(kind: string, l: typeof hear) { if (kind === "message") hear = l; }
      postMessage(m: (typeof sent)[number]) { sent.push(m); }
      terminate() { ended++; }
    });
    const drafts: Draft[] = [];
    const root = render(
      <SharedContext.Provider value={{ client } as unknown as Shared}>
        <Measure draft={{ ...draft, joined: [], data: ["t.csv"] }} cut={cuts[1] as DraftCut} set={(d) => drafts.push(d)} />
      </SharedContext.Provider>,
    );
    const settle = () => act(() => new Promise<void>((r) => { setTimeout(r, 5); }));
    const press = (n: number) => act(() => void (root.querySelectorAll("button")[n] as HTMLButtonElement).click());
    (root.querySelector('input[name="k"]') as HTMLInputElement).value = "1";
    document.body.append(root);
    press(0);
    await act(async () => hear({ data: { ready: true } }));
    await settle();
    const m = sent[0];
    expect(m?.method).toBe("measure");
    expect(m?.files.map((f) => new TextDecoder().decode(f))).toEqual(["bytes", "bytes"]);
    expect(JSON.parse(m?.params ?? "")).toMatchObject({ layer: "sq1", data: "t.csv", labels: "", order: { k: 1, noise: 0 } });
    act(() => hear({ data: { event: "progress", data: JSON.stringify({ step: "train a decoder", done: 1, total: 4, detail: "" }) } }));
    expect(root.textContent).toContain("Train a decoder, 25 %");
    press(1);
    expect([ended, root.querySelectorAll("button").length]).toEqual([1, 1]);
    press(0);
    await act(async () => hear({ data: { ready: true } }));
    await settle();
    await act(async () => hear({ data: { call: 1, ok: JSON.stringify({ release: { sq1: { noise: 0.3 } }, seconds: 2 }) } }));
    await settle();
    expect(asked.at(-1)).toEqual(["measured", { sq1: { noise: 0.3 } }]);
    expect(drafts.map((d) => d.file)).toEqual(["with sheet"]);
    expect(ended).toBeGreaterThan(1);
    root.remove();
    vi.unstubAllGlobals();
  });
});

describe("offers", () => {
  it.each([["0.25", "250000"], ["1", "1000000"], ["0.000001", "1"], ["12,5", "12500000"], ["0", undefined], ["-1", undefined], ["0.0000001", undefined], ["1e3", undefined], ["", undefined]])(
    "makes units of %s", (text, want) => expect(unitsOf(text)).toBe(want),
  );
  it("says what nothing bounds, and that nobody measured", () => {
    const show = (layer: string) => render(
      <SharedContext.Provider value={{} as Shared}><Offers draft={draft} set={() => {}} plans={new Map()} prices={new Map([[layer, "1"]])} price={() => {}} limit={0} setLimit={() => {}} /></SharedContext.Provider>,
    ).textContent ?? "";
    expect(show("fc1")).toContain("encompute model advise m.onnx");
    expect(show("sq1")).toContain("at most 1.8 bits");
    expect(show("sq1")).toContain("nobody measured");
  });
});

describe("files and commands", () => {
  it("reads the model first and inputs last", () => {
    expect(inOrder([{ name: "a.csv" }, { name: "release.json" }, { name: "m.ONNX" }]).map((f) => f.name)).toEqual(["m.ONNX", "release.json", "a.csv"]);
  });
  it("names a file safely, whatever the model is called", () => {
    expect(fileName("Chest X-Ray; rm -rf /")).toBe("chest-x-ray-rm-rf.encompute");
    expect(fileName("肺炎")).toBe("model.encompute");
    expect(command("m.encompute", true)).toBe("encompute creator serve --network network.json --publication m.encompute");
    expect(command("m.encompute", false)).toContain("--key-file");
  });
  it("tells the agent the host that the pages come from", () => {
    expect(JSON.parse(networkFor({ name: "n", host: "http://127.0.0.1:1", policy: { x: 1 } }, "https://host.example"))).toEqual({ name: "n", host: "https://host.example", policy: { x: 1 } });
  });
  it("calls steps by their layers", () => {
    expect(stepName("compile fc 1")).toContain("fc 1");
    expect(stepName("register")).toContain("chain");
    expect(stepName("unheard of")).toBe("unheard of");
  });
});

const job = (state: string, escrow: string, agentMs?: number): CreatorJob => ({
  id: `0x${state.padEnd(64, "0")}`, model: "0xm", cut: 2, user: "0xu", state: state as CreatorJob["state"], added: "2026-01-01T00:00:00Z", deliverBy: 0, fee: "500000",
  feeBps: 100, escrow, elapsedMs: 120,
  history: agentMs === undefined ? [] : [
    { state: "released", time: "2026-01-01T00:00:00Z" }, { state: "delivered", time: new Date(Date.parse("2026-01-01T00:00:00Z") + agentMs).toISOString() },
  ],
});

describe("the board", () => {
  it("counts jobs and money, less the market's share", () => {
    const t = totals([job("released", "computed"), job("running", "posted"), job("delivered", "delivered"), job("delivered", "claimed"), job("refunded", "refunded")]);
    expect(t).toEqual({ waiting: 1, running: 1, answered: 2, failed: 1, earned: "495000", pending: "1485000" });
    expect(earned("1", 100)).toBe(1n);
  });
  it("measures the agent from release to answer, the oldest first", () => {
    expect(waits([job("delivered", "delivered", 300), job("released", "computed"), job("delivered", "delivered", 100)]).map((w) => w.agent)).toEqual([0.1, 0.3]);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect([0.07, 0.1, 3, 61].map(ceiling)).toEqual([0.1, 0.1, 5, 100]);
  });
  it("says in words what it plots", () => {
    const root = render(<Latency jobs={[job("delivered", "delivered", 300)]} />);
    expect(root.querySelectorAll("circle").length).toBe(1);
    expect(root.querySelector("desc")?.textContent).toContain("300 ms");
    expect(render(<Latency jobs={[]} />).textContent).toContain("Nothing was answered");
  });
  it("says of an agent what its answers show, and not that it has a key", () => {
    const m = { id: "0xm", name: "M", active: true, ready: true, online: true, renewed: false, kept: true, cuts: [] };
    const answered = [job("delivered", "delivered", 1)];
    expect([agentOf({ ...m, online: false }, answered), agentOf(m, answered), agentOf(m, []), agentOf({ ...m, renewed: true }, [])]).toEqual(["offline", "answers", "unproven", "renewed"]);
    expect(agentOf({ ...m, id: "0xn", renewed: true }, answered)).toBe("renewed"); // an answer with the old key
    expect(agentOf({ ...m, renewed: true }, answered)).toBe("answers");
  });
  it("names model, cut and state of a job, and why it failed", () => {
    const failed = { ...job("failed", "refunded"), failure: { code: "late", detail: "the worker was late" } };
    const model = { id: "0xm", name: "M", active: true, ready: true, online: true, renewed: false, kept: true, cuts: [{ index: 2, layer: "sq1", price: "1" }] };
    const text = render(<JobTable jobs={[failed, job("released", "computed", undefined)]} models={[model]} />).textContent ?? "";
    for (const word of ["M · sq1", "failed", "the worker was late", "waits for your agent", "fee in escrow", "120 ms", "0.50"]) expect(text).toContain(word);
  });
});
