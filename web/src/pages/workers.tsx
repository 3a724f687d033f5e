import { useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useLoaded, useShared } from "../context.tsx";
import { date, short } from "../format.ts";
import { Facts, Failure, Id, Loading, Page, Simulated } from "../parts/basics.tsx";
import { VerdictView } from "../parts/checks.tsx";
import { text } from "../text.ts";
import type { Verdict, Worker } from "../types.ts";

/** History lists the verdicts on a worker that were given in this browser, latest first. */
function History({ worker: w, turn }: { worker: Worker; turn: number }) {
  const { client } = useShared();
  const { value } = useLoaded(() => client.call("verdicts", { signer: w.signer }), [client, w.signer, turn]);
  const t = text.workers;
  if (!value) return null;
  return (
    <details>
      <summary>{t.history}: {value.length}</summary>
      {value.length === 0 && <p className="why">{t.historyNone}</p>}
      <ul>
        {value.map((p) => (
          <li key={p.at}>
            {date(p.at)}: <strong className={p.ok ? "good" : "bad"}>{p.ok ? t.accepted : t.refused}</strong>
            {p.tcbStatus && `, ${p.tcbStatus}${p.tcbDate ? ` ${t.tcbDate} ${date(p.tcbDate)}` : ""}`}
            {p.ok && p.workloadId !== w.workloadId && `, ${t.otherWorkload}`}
            {p.failed && <> <code>{p.failed.join(", ")}</code></>} {p.simulated && <Simulated />}
          </li>
        ))}
      </ul>
    </details>
  );
}

function WorkerCard({ worker: w }: { worker: Worker }) {
  const { client } = useShared();
  const t = text.workers;
  const [verdict, setVerdict] = useState<Verdict>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  const verify = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      setVerdict((await client.call("verifyWorker", w)).verdict);
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
      setTurn((n) => n + 1);
    }
  };
  return (
    <li className="card">
      <h2>{short(w.signer)} {(verdict?.simulated ?? w.simulated) && <Simulated />}</h2>
      <Facts
        list={[
          [t.operator, <Id key="o" value={w.operator} />], [t.workload, <Id key="w" value={w.workloadId} />],
          [t.connected, `${date(w.connected)}, ${w.busy ? t.busy : t.idle}`], [t.registered, date(w.validUntil)],
        ]}
      />
      {!verdict && !busy && <p className="why">{t.notVerified}</p>}
      {busy && <Loading what={t.verifying} />}
      {fault && <Failure fault={fault} />}
      {verdict && <VerdictView verdict={verdict} name={w.signer.slice(2, 10)} open />}
      <History worker={w} turn={turn} />
      <button type="button" className="primary" disabled={busy} onClick={() => void verify()}>{verdict ? t.again : t.verify}</button>
    </li>
  );
}

export function Workers() {
  const { client } = useShared();
  const { value, fault, again } = useLoaded(() => client.call("workers", null), [client]);
  return (
    <Page title={text.workers.title} lead={text.workers.lead}>
      {fault && <Failure fault={fault} again={again} />}
      {!fault && !value && <Loading />}
      {value?.length === 0 && <p>{text.workers.none}</p>}
      <ul className="cards wide">{value?.map((w) => <WorkerCard key={w.signer} worker={w} />)}</ul>
    </Page>
  );
}
