import { useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useLoaded, useShared } from "../context.tsx";
import { date, short, tokens } from "../format.ts";
import { Mine, Spending } from "../parts/account.tsx";
import { Facts, Failure, Id, Loading, Page, Simulated } from "../parts/basics.tsx";
import { execution, Finished, Live, useRun } from "../parts/live.tsx";
import { isRefunded, MoneyPanel, useMoney } from "../parts/money.tsx";
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
                <p>{stateOf(j)}, {date(j.created)}, {j.layer} {j.simulated && <Simulated />}</p>
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

/** stateOf is what became of a job, in words: the chain's word that it was refunded stands above all. */
export function stateOf(j: Job): string {
  return isRefunded(j.escrow) ? text.jobs.refunded : text.jobs.states[j.state];
}

function Kept({ job: j }: { job: Job }) {
  const { client, balance } = useShared();
  const run = useRun(execution);
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
  const done = j.state === "delivered" && j.result && j.receipt;
  const { money, refund } = useMoney(j.state === "created" && !begun || done ? undefined : j.id);
  const open = j.state !== "refused" && !isRefunded(money?.escrow); // it can still be answered
  const resume = () => {
    setBegun(true);
    run.start(async () => j.id);
  };
  return (
    <Page title={`${j.model} · ${short(j.id)}`} lead={`${stateOf({ ...j, ...(money && { escrow: money.escrow }) })}, ${date(j.created)}`}>
      {j.simulated && !done && <p><Simulated>{text.simulated.job}</Simulated></p>}
      {done && j.result && j.receipt && (
        <Finished outcome={{ jobId: j.id, result: j.result, receipt: j.receipt, worker: j.worker, simulated: j.simulated }} />
      )}
      {!done && (!begun || (run.fault && !run.busy)) && (
        <section>
          <h2>{text.wallet.title}</h2>
          <WalletPanel />
          {open && <p><button type="button" className="primary" disabled={!balance} onClick={resume}>{text.run.resume}</button></p>}
        </section>
      )}
      {begun && <Live run={run} />}
      <MoneyPanel money={money} refund={refund} />
      {!done && open && <Tamper />}
      <Facts list={[[text.explore.id, <Id key="i" value={j.id} />], [text.explore.fees, `${tokens(j.spec.workerFee)} + ${tokens(j.spec.creatorFee)}`]]} />
      {fault && <Failure fault={fault} />}
      <p className="actions">
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
