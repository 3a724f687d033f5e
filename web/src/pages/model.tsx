import { useState } from "react";
import { useLoaded, useShared } from "../context.tsx";
import { bytes, seconds, tokens } from "../format.ts";
import { Facts, Failure, Id, Loading, Page } from "../parts/basics.tsx";
import { Leakage } from "../parts/leakage.tsx";
import { Strip } from "../parts/strip.tsx";
import { Link } from "../router.tsx";
import { text } from "../text.ts";
import type { Cut, Model } from "../types.ts";

/** useModel loads one model of the catalogue. */
export function useModel(id: string) {
  const { client } = useShared();
  return useLoaded(async () => {
    const list = await client.call("models", null);
    const m = list.models.find((x) => x.id === id);
    if (!m) throw new Error(list.refused[id] ?? `the host publishes no model ${id}`);
    return m;
  }, [client, id]);
}

export function size(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function Figures({ model, cut }: { model: Model; cut: Cut }) {
  const { client } = useShared();
  const t = text.model;
  const { value: q, fault } = useLoaded(() => client.call("quote", { model: model.id, cut: cut.index }), [client, model.id, cut.index]);
  const plan = model.plans[model.manifest.cuts.indexOf(cut)];
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">{t.figures}: {cut.layer}</h2>
      <Facts
        list={[
          [t.time, q ? `${seconds(q.seconds)}, ${q.calibrated ? t.timeMeasured : t.timeReference}` : "…"],
          [t.upload, `${t.keys} ${cut.keyless ? t.keyless : bytes(cut.keysBytes)}, ${t.inputSize} ${bytes(cut.inputBytes)}`],
          [t.download, bytes(cut.outputBytes)],
          [t.precision, plan ? t.bits(plan.precisionBits) : "…"],
          [t.price, q ? <><strong>{tokens(q.total)} tokens</strong> ({t.priceParts(tokens(q.worker), tokens(q.creator))})</> : "…"],
          [t.values, String(cut.sheet?.values ?? size(cut.shape))],
          [t.plan, plan ? `${plan.kind}, N = 2^${plan.logN}, ${Math.round(plan.logQP)} bits, ${plan.levels} levels` : "…"],
        ]}
      />
      {fault && <Failure fault={fault} />}
      {model.ready
        ? <p className="actions"><Link className="button primary" to={`/run/${model.id}/${cut.index}`}>{t.run}</Link></p>
        : <p className="note bad">{t.unavailable}</p>}
    </section>
  );
}

function Shown({ model }: { model: Model }) {
  const f = model.manifest;
  const [chosen, choose] = useState(f.cuts[0]?.index ?? 0);
  const cut = f.cuts.find((c) => c.index === chosen);
  const t = text.model;
  return (
    <Page title={f.name} lead={f.description}>
      <p className="tags"><span>{f.task}</span> <span>{text.kinds[f.input.kind]} {f.input.shape.join(" × ")}</span></p>
      <Strip model={model} chosen={chosen} choose={choose} />
      {cut && <div className="columns"><Figures key={cut.index} model={model} cut={cut} /><Leakage cut={cut} /></div>}
      <Facts
        list={[
          ...(f.labels?.length ? [[t.labels, f.labels.slice(0, 12).join(", ")] as [string, string]] : []),
          [t.creatorAccount, <Id key="c" value={f.creator} />], [t.id, <Id key="i" value={model.id} />],
        ]}
      />
      <p><Link to="/models">{t.back}</Link></p>
    </Page>
  );
}

export function ModelPage({ id }: { id: string }) {
  const { value, fault, again } = useModel(id);
  if (fault) return <Page title={text.catalogue.title}><Failure fault={fault} again={again} /></Page>;
  return value ? <Shown model={value} /> : <Loading />;
}
