// A run as it happens: steps, the verdict on the worker, the question before the release, the answer.
import { useEffect, useRef, useState } from "react";
import type { Client, Fault } from "../client.ts";
import { download, toFault, useShared } from "../context.tsx";
import { bytes, percent, seconds } from "../format.ts";
import { text } from "../text.ts";
import type { Outcome, Progress, Questions, Result, Step, Verdict } from "../types.ts";
import { Failure, Id, Simulated } from "./basics.tsx";
import { VerdictView } from "./checks.tsx";

/** The steps of a run in their order; those of preparation come first. */
export const preparation = ["check model", "check cost", "verify worker", "make keys", "encrypt"];
export const execution = [
  "pay", "announce", "upload keys", "upload input", "compute", "check receipt", "download output", "decrypt", "release", "hand over", "suffix",
  "open result", "acknowledge",
];

export interface StepState { name: string; done?: Step; progress?: Progress; since?: number }

/** advance is what the list of steps becomes by an event. */
export function advance(list: StepState[], event: { step: Step } | { progress: Progress }, now: number): StepState[] {
  const name = "step" in event ? event.step.name : event.progress.step;
  const known = list.some((s) => s.name === name) ? list : [...list, { name }];
  return known.map((s) => {
    if (s.name !== name) return s;
    return "step" in event ? { ...s, done: event.step } : { ...s, progress: event.progress, since: s.since ?? now };
  });
}

type Ask = { question: Questions["confirm"]["ask"]; answer(yes: boolean): void };

export interface Run {
  steps: StepState[];
  verdict: Verdict | undefined;
  ask: Ask | undefined;
  outcome: Outcome | undefined;
  fault: Fault | undefined;
  busy: boolean;
  job: string | undefined; // once it is made
  start(make: (c: Client) => Promise<string>): void;
  stop(): void;
}

/** useRun follows one run of the client. */
export function useRun(names: string[]): Run {
  const { client, setBalance } = useShared();
  const [steps, setSteps] = useState<StepState[]>(names.map((name) => ({ name })));
  const [verdict, setVerdict] = useState<Verdict>();
  const [ask, setAsk] = useState<Ask>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const [id, setID] = useState<string>();

  useEffect(() => client.listen((kind, data) => {
    if (kind === "verdict") setVerdict((data as { verdict: Verdict }).verdict);
    else if (kind === "step") setSteps((l) => advance(l, { step: data as Step }, Date.now()));
    else setSteps((l) => advance(l, { progress: data as Progress }, Date.now()));
  }), [client]);

  const start = async (make: (c: Client) => Promise<string>) => {
    setBusy(true);
    setFault(undefined);
    client.handlers.confirm = (question) => new Promise((resolve) => {
      setAsk({ question, answer: (yes) => { setAsk(undefined); resolve(yes); } });
    });
    try {
      const job = await make(client);
      setID(job);
      setOutcome(await client.call("resume", { job }));
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
      setAsk(undefined);
      client.call("balance", null).then(setBalance, () => {});
    }
  };
  const stop = () => void client.call("stop", null);
  return { steps, verdict, ask, outcome, fault, busy, job: id, start: (make) => void start(make), stop };
}

function StepItem({ step: s, failed, verdict }: { step: StepState; failed: boolean; verdict: Verdict | undefined }) {
  const t = text.run;
  const state = s.done ? "done" : failed && s.progress ? "failed" : s.progress ? "active" : "waiting";
  const p = s.progress;
  const share = p && p.total > 0 ? p.done / p.total : undefined;
  const elapsed = s.since ? (Date.now() - s.since) / 1000 : 0;
  const left = share && share > 0.05 && share < 1 && !s.done ? (elapsed * (1 - share)) / share : undefined;
  const size = s.name.startsWith("upload") && p && p.total > 0 ? ` ${bytes(p.done)} / ${bytes(p.total)}` : "";
  return (
    <li className={`step ${state}`}>
      <div className="row">
        <span className="name">{t.stepNames[s.name] ?? s.name}</span>
        <span className="state">{s.done && s.done.seconds > 0 ? seconds(s.done.seconds) : t.stepStates[state]}</span>
      </div>
      {state === "active" && share !== undefined && <progress value={share} max={1} aria-label={t.stepNames[s.name] ?? s.name} />}
      {state === "active" && (p?.detail || size || left !== undefined) && (
        <p className="why">{p?.detail}{size} {left !== undefined && t.left(seconds(left))}</p>
      )}
      {s.done?.detail && <p className="why">{s.done.detail}{s.done.bytes > 0 && `, ${bytes(s.done.bytes)}`}</p>}
      {!s.done?.detail && s.done && s.done.bytes > 0 && <p className="why">{bytes(s.done.bytes)}</p>}
      {s.name === "verify worker" && verdict && <VerdictView verdict={verdict} name="worker" open={!s.done} />}
    </li>
  );
}

function Confirm({ ask }: { ask: Ask }) {
  const t = text.run;
  const r = ask.question.report;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="note ask" role="alertdialog" aria-labelledby="confirm" aria-describedby="confirm-body" tabIndex={-1} ref={box}>
      <h2 id="confirm">{t.confirmTitle}</h2>
      <p id="confirm-body">{t.confirmBody}</p>
      <dl className="facts">
        <div><dt>{t.confirmValues}</dt><dd>{r.values}</dd></div>
        <div><dt>{t.confirmBits}</dt><dd>{r.bits.toFixed(1)}</dd></div>
        <div><dt>{t.confirmNoise}</dt><dd>± {r.valueStd.toPrecision(2)}</dd></div>
        <div><dt>{t.confirmTells}</dt><dd>{r.tells === undefined ? text.leakage.unbounded : text.model.bits(r.tells)}</dd></div>
        {r.clipped ? <div><dt>{t.confirmClipped}</dt><dd>{r.clipped}</dd></div> : null}
      </dl>
      <p className="actions">
        <button type="button" className="primary" onClick={() => ask.answer(true)}>{t.yes}</button>
        <button type="button" onClick={() => ask.answer(false)}>{t.no}</button>
      </p>
    </div>
  );
}

/** Answer shows a result: labels with their probabilities, or quantities. */
export function Answer({ result }: { result: Result }) {
  const order = (result.probabilities ?? []).map((p, i) => ({ p, label: result.labels?.[i] ?? String(i) })).sort((a, b) => b.p - a.p);
  return (
    <div className="answer">
      {result.label && <p className="figure">{result.label}</p>}
      <ul>
        {order.slice(0, 10).map(({ p, label }) => (
          <li key={label}><span>{label}</span><meter value={p} min={0} max={1} aria-label={label} /><span>{percent(p)}</span></li>
        ))}
        {result.quantities?.map((q) => <li key={q.name}><span>{q.name}</span><span>{q.value.toPrecision(6)} {q.unit}</span></li>)}
      </ul>
    </div>
  );
}

export function Finished({ outcome }: { outcome: Pick<Outcome, "jobId" | "result" | "receipt" | "worker" | "simulated"> }) {
  const { client } = useShared();
  const t = text.run;
  const save = async () => download(`receipt-${outcome.jobId.slice(2, 10)}.json`, await client.call("receipt", { job: outcome.jobId }));
  return (
    <section className="finished" aria-labelledby="answer">
      <h2 id="answer">{t.answer}</h2>
      {outcome.simulated && <p><Simulated>{text.simulated.job}</Simulated></p>}
      <Answer result={outcome.result} />
      <p>{t.tookWorker(outcome.receipt.elapsedMs)} <Id value={outcome.worker} /></p>
      <p><button type="button" onClick={() => void save()}>{t.receipt}</button> <span className="why">{t.receiptNote}</span></p>
    </section>
  );
}

/** Live shows a run. */
export function Live({ run }: { run: Run }) {
  const t = text.run;
  return (
    <section aria-labelledby="steps">
      {run.outcome && <Finished outcome={run.outcome} />}
      {run.ask && <Confirm ask={run.ask} />}
      <h2 id="steps">{t.steps}</h2>
      <ol className="steps">
        {run.steps.map((s) => <StepItem key={s.name} step={s} failed={Boolean(run.fault)} verdict={run.verdict} />)}
      </ol>
      <p className="hidden" role="status">{lastDone(run.steps)}</p>
      {run.fault && <Failure fault={run.fault} />}
      {run.busy && <button type="button" onClick={run.stop}>{t.stop}</button>}
    </section>
  );
}

function lastDone(steps: StepState[]): string {
  const s = steps.filter((x) => x.done).at(-1);
  return s ? `${text.run.stepNames[s.name] ?? s.name}: ${text.run.stepStates.done}` : "";
}
