import { type FormEvent, useEffect, useState } from "react";
import type { Fault } from "../client.ts";
import { read, toFault, useShared } from "../context.tsx";
import { date, tokens } from "../format.ts";
import { Facts, Failure, Id, Loading, Page } from "../parts/basics.tsx";
import { Checks } from "../parts/checks.tsx";
import { go } from "../router.tsx";
import { text } from "../text.ts";
import type { Explored } from "../types.ts";

const digest = /^0x[0-9a-f]{64}$/;

function Shown({ job: d }: { job: Explored }) {
  const t = text.explore;
  return (
    <section aria-live="polite">
      <h2><Id value={d.id} /></h2>
      <Facts
        list={[
          ...(d.state ? [[t.state, d.state] as [string, string]] : []), [t.escrow, d.escrow],
          [t.model, <Id key="m" value={d.spec.modelId} />], [t.user, <Id key="u" value={d.spec.user} />], [t.creator, <Id key="c" value={d.spec.creator} />],
          [t.fees, `${tokens(d.spec.workerFee)} + ${tokens(d.spec.creatorFee)}`], [t.deadlines, `${date(d.spec.prefixBy)}, ${date(d.spec.deliverBy)}`],
        ]}
      />
      <Checks list={d.checks} open />
    </section>
  );
}

export function Explore({ id }: { id: string | undefined }) {
  const { client } = useShared();
  const t = text.explore;
  const [job, setJob] = useState<Explored>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const show = async (load: () => Promise<Explored>) => {
    setBusy(true);
    setFault(undefined);
    setJob(undefined);
    try {
      setJob(await load());
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (id && digest.test(id)) void show(() => client.call("explore", { job: id }));
  }, [client, id]);
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const asked = String(new FormData(e.currentTarget).get("id")).trim().toLowerCase();
    go(`/explore/${asked}`);
  };
  const file = async (f: File | undefined) => {
    if (f) await show(async () => client.call("checkReceipt", null, [await read(f)]));
  };
  return (
    <Page title={t.title} lead={t.lead}>
      <form className="fields" onSubmit={submit}>
        <label>{t.id} <input name="id" defaultValue={id} required pattern="0[xX][0-9a-fA-F]{64}" title={t.badId} size={40} /></label>
        <button type="submit" className="primary">{t.go}</button>
        <label>{t.file} <input type="file" onChange={(e) => void file(e.target.files?.[0])} /></label>
      </form>
      {id && !digest.test(id) && <p className="note bad">{t.badId}</p>}
      {busy && <Loading />}
      {fault && <Failure fault={fault} />}
      {job && <Shown job={job} />}
    </Page>
  );
}
