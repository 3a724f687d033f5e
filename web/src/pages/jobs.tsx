import { useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useLoaded, useShared } from "../context.tsx";
import { date, short, tokens } from "../format.ts";
import { Mine, Spending } from "../parts/account.tsx";
import { Facts, Failure, Id, Loading, Page, Simulated } from "../parts/basics.tsx";
import { execution, Finished, Live, useRun } from "../parts/live.tsx";
import { Tamper } from "../parts/tamper.tsx";
import { WalletPanel } from "../parts/wallet.tsx";
import { go, Link } from "../router.tsx";
import { text } from "../text.ts";
import type { Job } from "../types.ts";

export function Jobs() {
  const { client } = useShared();
  const t = text.jobs;
  const { value, fault, again } = useLoaded(() => client.call("jobs", null), [client]);
  return (
    <Page title={t.title} lead={t.lead}>
      {fault && <Failure fault={fault} again={again} />}
      {!fault && !value && <Loading />}
      {value?.length === 0 && <p>{t.none}</p>}
      {value && value.length > 0 && (
        <>
          <ul className="cards">
            {value.toReversed().map((j) => (
              <li key={j.id} className="card">
                <h2><Link to={`/jobs/${j.id}`}>{j.model} · {short(j.id)}</Link></h2>
                <p>{t.states[j.state]}, {date(j.created)}, {j.layer} {j.simulated && <Simulated />}</p>
                {j.result?.label && <p><strong>{j.result.label}</strong></p>}
              </li>
            ))}
          </ul>
          <Spending jobs={value} />
        </>
      )}
      {value && <Mine jobs={value} />}
    </Page>
  );
}

/** refundable tells whether a deadline passed unmet, so that the chain gives back what was not earned. */
export function refundable(j: Job, now: number): boolean {
  if (j.state === "created" || j.state === "delivered") return false;
  return now > (j.receipt ? j.spec.deliverBy : j.spec.prefixBy);
}

function Kept({ job: j }: { job: Job }) {
  const { client, balance, setBalance } = useShared();
  const run = useRun(execution);
  const [refunded, setRefunded] = useState(false);
  const [begun, setBegun] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const t = text.jobs;
  const forget = async () => {
    if (!window.confirm(t.forgetConfirm)) return;
    try {
      await client.call("forget", { job: j.id });
      go("/jobs");
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const refund = async () => {
    try {
      await client.call("refund", { job: j.id });
      setRefunded(true);
      setBalance(await client.call("balance", null));
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const done = j.state === "delivered" && j.result && j.receipt;
  const resume = () => {
    setBegun(true);
    run.start(async () => j.id);
  };
  return (
    <Page title={`${j.model} · ${short(j.id)}`} lead={`${t.states[j.state]}, ${date(j.created)}`}>
      {j.simulated && !done && <p><Simulated>{text.simulated.job}</Simulated></p>}
      {done && j.result && j.receipt && (
        <Finished outcome={{ jobId: j.id, result: j.result, receipt: j.receipt, worker: j.worker, simulated: j.simulated }} />
      )}
      {!done && j.state !== "refused" && (!begun || (run.fault && !run.busy)) && (
        <section>
          <h2>{text.wallet.title}</h2>
          <WalletPanel />
          <p><button type="button" className="primary" disabled={!balance} onClick={resume}>{text.run.resume}</button></p>
        </section>
      )}
      {begun && <Live run={run} />}
      {!done && j.state !== "refused" && <Tamper />}
      <Facts list={[[text.explore.id, <Id key="i" value={j.id} />], [text.explore.fees, `${tokens(j.spec.workerFee)} + ${tokens(j.spec.creatorFee)}`]]} />
      {fault && <Failure fault={fault} />}
      {refunded && <p className="note" role="status">{t.refunded}</p>}
      <p className="actions">
        {refundable(j, Date.now() / 1000) && !refunded && (
          <button type="button" disabled={!balance} onClick={() => void refund()}>{t.refund}</button>
        )}
        <Link className="button" to={`/explore/${j.id}`}>{t.explore}</Link>
        <button type="button" onClick={() => void forget()}>{t.forget}</button>
      </p>
    </Page>
  );
}

export function JobPage({ id }: { id: string }) {
  const { client } = useShared();
  const { value, fault } = useLoaded(async () => {
    const j = (await client.call("jobs", null)).find((x) => x.id === id);
    if (!j) throw new Error(text.notFound.body);
    return j;
  }, [client, id]);
  if (fault) return <Page title={text.jobs.title}><Failure fault={fault} /></Page>;
  return value ? <Kept job={value} /> : <Loading />;
}
