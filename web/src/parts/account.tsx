// What a person has spent, and all that is kept of them: to take along, or to delete.
import { useState } from "react";
import { download, useAttempt, useShared } from "../context.tsx";
import { sum, tokens } from "../format.ts";
import { text } from "../text.ts";
import type { Answers, Job } from "../types.ts";
import { Failure, Loading } from "./basics.tsx";
import { isRefunded } from "./money.tsx";
import { WalletPanel } from "./wallet.tsx";

export interface Spent { model: string; jobs: number; answered: number; workers: string; creators: string }

/** spending adds up what was paid and not refunded, by model, the most expensive first. */
export function spending(jobs: Job[]): Spent[] {
  const paid = jobs.filter((j) => j.state !== "created");
  return [...new Set(paid.map((j) => j.model))]
    .map((model) => {
      const list = paid.filter((j) => j.model === model);
      return {
        model,
        jobs: list.length,
        answered: list.filter((j) => j.state === "delivered").length,
        workers: sum(list.map((j) => (j.escrow === "refunded" ? "0" : j.spec.workerFee))),
        creators: sum(list.map((j) => (isRefunded(j.escrow) ? "0" : j.spec.creatorFee))),
      };
    })
    .sort((a, b) => Number(BigInt(sum([b.workers, b.creators])) - BigInt(sum([a.workers, a.creators]))));
}

/** Spending is a table of it. */
export function Spending({ jobs }: { jobs: Job[] }) {
  const t = text.jobs;
  const list = spending(jobs);
  if (list.length === 0) return null;
  const all = { workers: sum(list.map((s) => s.workers)), creators: sum(list.map((s) => s.creators)) };
  const row = (s: { workers: string; creators: string }) => (
    <>
      <td>{tokens(s.workers)}</td><td>{tokens(s.creators)}</td><td><strong>{tokens(sum([s.workers, s.creators]))}</strong></td>
    </>
  );
  return (
    <section aria-labelledby="spending">
      <h2 id="spending">{t.spending}</h2>
      <div className="scroll" role="group" aria-labelledby="spending" tabIndex={0}>
        <table>
          <thead><tr>{Object.values(t.spendingOf).map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
          <tbody>
            {list.map((s) => <tr key={s.model}><th scope="row">{s.model}</th><td>{s.jobs}</td><td>{s.answered}</td>{row(s)}</tr>)}
          </tbody>
          {list.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row">{t.spendingOf.all}</th><td>{list.reduce((n, s) => n + s.jobs, 0)}</td><td>{list.reduce((n, s) => n + s.answered, 0)}</td>{row(all)}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <p className="why">{t.spendingNote}</p>
    </section>
  );
}

function Erased({ done }: { done: Answers["erase"] }) {
  const t = text.jobs;
  const kept = done.host?.kept?.length ?? 0;
  return (
    <div className="note" role="status">
      <p>{t.erased} {done.host ? t.eraseHost(done.host.erased) : t.eraseNoHost} {kept > 0 && t.eraseKept(kept)}</p>
      <button type="button" onClick={() => location.assign("/")}>{t.begin}</button>
    </div>
  );
}

/** Mine exports and deletes. */
export function Mine({ jobs }: { jobs: Job[] }) {
  const { client, balance } = useShared();
  const { busy, fault, attempt } = useAttempt();
  const [erased, setErased] = useState<Answers["erase"]>();
  const t = text.jobs;
  const take = () => attempt(async () => download("encompute-export.json", await client.call("export", null)));
  const erase = () => {
    const unfinished = jobs.filter((j) => j.state !== "delivered" && j.state !== "refused").length;
    if (window.confirm(t.eraseConfirm(unfinished))) void attempt(async () => setErased(await client.call("erase", null)));
  };
  if (erased) return <Erased done={erased} />;
  return (
    <section aria-labelledby="mine">
      <h2 id="mine">{t.mine}</h2>
      <p>{t.mineLead}</p>
      <WalletPanel />
      <p className="actions">
        <button type="button" disabled={!balance || busy} onClick={() => void take()}>{t.export}</button>
        <button type="button" className="danger" disabled={busy} onClick={erase}>{t.erase}</button>
      </p>
      {busy && <Loading />}
      {fault && <Failure fault={fault} />}
    </section>
  );
}
