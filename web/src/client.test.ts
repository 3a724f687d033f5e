import { beforeEach, describe, expect, it, vi } from "vitest";
import { Client, Fault } from "./client.ts";
import type { FromWorker, ToWorker } from "./worker/messages.ts";

vi.mock("./worker/worker.ts?worker&url", () => ({ default: "/assets/worker.js" }));

class FakeWorker extends EventTarget {
  sent: ToWorker[] = [];
  postMessage(m: ToWorker) { this.sent.push(m); }
  say(m: FromWorker) { this.dispatchEvent(new MessageEvent("message", { data: m })); }
}

describe("Client", () => {
  let worker: FakeWorker;
  let client: Client;
  beforeEach(() => {
    worker = new FakeWorker();
    client = new Client(worker as unknown as Worker);
  });
  const settle = () => new Promise((r) => setTimeout(r));

  it("sends nothing before the worker is ready, then matches answers to calls", async () => {
    const a = client.call("workers", null);
    const b = client.call("jobs", null);
    await settle();
    expect(worker.sent).toEqual([]);
    worker.say({ ready: true });
    await settle();
    expect(worker.sent.map((m) => "method" in m && m.method)).toEqual(["workers", "jobs"]);
    worker.say({ call: 2, ok: "[]" });
    worker.say({ call: 1, ok: '[{"signer":"0x1"}]' });
    expect(await b).toEqual([]);
    expect(await a).toEqual([{ signer: "0x1" }]);
  });

  it("makes a fault of an error, with its check and remedy", async () => {
    worker.say({ ready: true });
    const call = client.call("resume", { job: "0x1" });
    await settle();
    worker.say({ call: 1, error: JSON.stringify({ message: "no", code: "evidence-refused", check: "tcb.status", remedy: "wait" }) });
    await expect(call).rejects.toMatchObject({ message: "no", code: "evidence-refused", check: "tcb.status", remedy: "wait" });
    await expect(call).rejects.toBeInstanceOf(Fault);
  });

  it("answers questions, and says so if it cannot or its user declines", async () => {
    client.handlers.confirm = async () => true;
    client.handlers.send = async () => { throw new Error("declined"); };
    worker.say({ ask: 7, kind: "confirm", data: "{}" });
    worker.say({ ask: 8, kind: "send", data: "{}" });
    worker.say({ ask: 9, kind: "sign", data: "{}" });
    await settle();
    expect(worker.sent).toEqual([
      { answer: 9, error: "this page cannot sign" }, { answer: 7, ok: "true" }, { answer: 8, error: "declined" },
    ]);
  });

  it("fails every call when the client ends", async () => {
    worker.say({ ready: true });
    const call = client.call("workers", null);
    await settle();
    worker.say({ failed: "the client ended" });
    await expect(call).rejects.toThrow("the client ended");
  });

  it("tells listeners of events until they leave", () => {
    const heard: unknown[] = [];
    const leave = client.listen((kind, data) => heard.push([kind, data]));
    worker.say({ event: "step", data: '{"name":"pay"}' });
    leave();
    worker.say({ event: "step", data: '{"name":"encrypt"}' });
    expect(heard).toEqual([["step", { name: "pay" }]]);
  });
});
