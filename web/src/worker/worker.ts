// The Web Worker: it runs a Go program (cmd/wasm), and is the only place where secret keys are. Its name says which one.
import "./wasm_exec.js";
import type { Answer, Call, FromWorker, Program, ToWorker } from "./messages.ts";
import { tell as lie } from "./lies.ts";
import { Vault } from "./vault.ts";

declare const __WASM__: Record<Program, string>; // where build.mjs put them

interface GoRuntime { importObject: WebAssembly.Imports; run(i: WebAssembly.Instance): Promise<void> }

interface Scope {
  name: Program;
  Go: new () => GoRuntime;
  encompute(method: string, params: string, files: Uint8Array[]): Promise<string>;
  encomputeVault: Vault;
  encomputeReady(): void;
  encomputeEmit(kind: string, data: string): void;
  encomputeAsk(kind: string, data: string): Promise<string>;
  postMessage(m: FromWorker): void;
}

const scope = globalThis as unknown as Scope;
const questions = new Map<number, { resolve(v: string): void; reject(e: string): void }>();
let asked = 0;

function tell(m: FromWorker) {
  scope.postMessage(m);
}

function answered(m: Answer) {
  const q = questions.get(m.answer);
  questions.delete(m.answer);
  if (m.ok !== undefined) q?.resolve(m.ok);
  else q?.reject(m.error ?? "no answer");
}

async function called(m: Call) {
  try {
    tell({ call: m.call, ok: await scope.encompute(m.method, m.params, m.files) });
  } catch (e) {
    tell({ call: m.call, error: String(e) });
  }
}

async function start() {
  if (scope.name !== "leakage") scope.encomputeVault = await Vault.open(); // that keeps nothing
  scope.encomputeEmit = (kind, data) => tell({ event: kind as never, data });
  scope.encomputeAsk = (kind, data) =>
    new Promise((resolve, reject) => {
      questions.set(++asked, { resolve, reject });
      tell({ ask: asked, kind: kind as never, data });
    });
  scope.encomputeReady = () => tell({ ready: true });
  const go = new scope.Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch(__WASM__[scope.name]), go.importObject);
  void go.run(instance).then(() => tell({ failed: "the client ended" }));
}

addEventListener("message", (e: MessageEvent<ToWorker>) => {
  if ("answer" in e.data) answered(e.data);
  else if ("tamper" in e.data) lie(e.data.tamper);
  else void called(e.data);
});
start().catch((e: unknown) => tell({ failed: String(e) }));
