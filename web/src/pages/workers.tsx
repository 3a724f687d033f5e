import { useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useLoaded, useShared } from "../context.tsx";
import { date, short } from "../format.ts";
import { Facts, Failure, Id, Loading, Page, Simulated } from "../parts/basics.tsx";
import { VerdictView } from "../parts/checks.tsx";
import { text } from "../text.ts";
import type { Verdict, Worker } from "../types.ts";

function WorkerCard({ worker: w }: { worker: Worker }) {
  const { client } = useShared();
  const t = text.workers;
  const [verdict, setVerdict] = useState<Verdict>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      setVerdict((await client.call("verifyWorker", w)).verdict);
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
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
