// The page's end of the worker: calls, events and questions, typed.
import script from "./worker/worker.ts?worker&url";
import type { Answers, EventKinds, Params, Questions } from "./types.ts";
import type { Lie } from "./worker/lies.ts";
import type { FromWorker, Method, Program, ToWorker } from "./worker/messages.ts";

/** Fault is an error of the Go client: what is wrong, which check refused it, and what to do. */
export class Fault extends Error {
  constructor(message: string, readonly code = "", readonly check = "", readonly remedy = "") {
    super(message);
  }

  static parse(text: string): Fault {
    try {
      const p = JSON.parse(text) as { message: string; code?: string; check?: string; remedy?: string };
      return new Fault(p.message, p.code, p.check, p.remedy);
    } catch {
      return new Fault(text);
    }
  }
}

type Handler = { [K in keyof Questions]?: (q: Questions[K]["ask"]) => Promise<Questions[K]["answer"]> };

/** Client speaks with the worker. */
export class Client {
  private readonly calls = new Map<number, { resolve(v: unknown): void; reject(e: Fault): void }>();
  private readonly listeners = new Set<(kind: keyof EventKinds, data: unknown) => void>();
  private next = 0;
  readonly handlers: Handler = {};
  readonly ready: Promise<void>;

  constructor(private readonly worker: Pick<Worker, "postMessage" | "addEventListener">) {
    this.ready = new Promise((resolve, reject) => {
      worker.addEventListener("message", (e) => {
        const m = (e as MessageEvent<FromWorker>).data;
        if ("ready" in m) resolve();
        else if ("failed" in m) this.fail(new Fault(m.failed), reject);
        else this.take(m);
      });
      worker.addEventListener("error", (e) => this.fail(new Fault((e as ErrorEvent).message || "the worker did not start"), reject));
    });
    this.ready.catch(() => {}); // told to everybody who calls
  }

  private fail(f: Fault, reject: (f: Fault) => void) {
    reject(f);
    for (const c of this.calls.values()) c.reject(f);
    this.calls.clear();
  }

  private take(m: Exclude<FromWorker, { ready: true } | { failed: string }>) {
    if ("call" in m) {
      const c = this.calls.get(m.call);
      this.calls.delete(m.call);
      if (m.ok !== undefined) c?.resolve(JSON.parse(m.ok));
      else c?.reject(Fault.parse(m.error ?? ""));
    } else if ("event" in m) {
      const data: unknown = JSON.parse(m.data);
      for (const l of this.listeners) l(m.event, data);
    } else {
      void this.answer(m.ask, m.kind, JSON.parse(m.data));
    }
  }

  private async answer(ask: number, kind: keyof Questions, data: unknown) {
    try {
      const handler = this.handlers[kind] as ((q: unknown) => Promise<unknown>) | undefined;
      if (!handler) throw new Error(`this page cannot ${kind}`);
      this.send({ answer: ask, ok: JSON.stringify(await handler(data)) });
    } catch (e) {
      this.send({ answer: ask, error: e instanceof Error ? e.message : String(e) });
    }
  }

  private send(m: ToWorker) {
    this.worker.postMessage(m);
  }

  /** call runs a method of the worker. */
  async call<M extends Method>(method: M, params: Params[M], files: Uint8Array<ArrayBuffer>[] = []): Promise<Answers[M]> {
    await this.ready;
    return new Promise((resolve, reject) => {
      const call = ++this.next;
      this.calls.set(call, { resolve: resolve as (v: unknown) => void, reject });
      this.send({ call, method, params: JSON.stringify(params), files });
    });
  }

  /** tamper has what the host answers changed on its way into the worker, to see which check refuses it; null: no longer. */
  tamper(lie: Lie | null) {
    this.send({ tamper: lie });
  }

  /** listen hears events until the returned function is called. */
  listen(l: <K extends keyof EventKinds>(kind: K, data: EventKinds[K]) => void): () => void {
    const heard = l as (kind: keyof EventKinds, data: unknown) => void;
    this.listeners.add(heard);
    return () => this.listeners.delete(heard);
  }
}

interface Policy { createScriptURL(url: string): string }
interface Types { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy }

let policy: Policy | undefined; // a page may make one of a name

/** startWorker runs a program. The worker's script is the only one that the pages' Trusted Types policy lets through. */
export function startWorker(program: Program = "client"): Worker {
  const types = (globalThis as { trustedTypes?: Types }).trustedTypes;
  const only = (url: string) => {
    if (url !== script) throw new Error("this page starts no other script");
    return url;
  };
  policy ??= types?.createPolicy("encompute", { createScriptURL: only }) ?? { createScriptURL: only };
  return new Worker(policy.createScriptURL(script), { type: "module", name: program });
}
