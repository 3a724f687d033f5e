import { useState } from "react";
import { useLoaded, useShared } from "../context.tsx";
import { bytes, tokens } from "../format.ts";
import { Failure, Loading, Page } from "../parts/basics.tsx";
import { InputPanel } from "../parts/input.tsx";
import { execution, Live, preparation, useRun } from "../parts/live.tsx";
import { IfNobodyAnswers, MoneyPanel, useMoney } from "../parts/money.tsx";
import { Tamper } from "../parts/tamper.tsx";
import { WalletPanel } from "../parts/wallet.tsx";
import { text } from "../text.ts";
import type { Cut, Model, Prepared, Quote } from "../types.ts";
import { useModel } from "./model.tsx";

/** Sizes tells what will be made and sent, before anything is. */
function Sizes({ cut, quote }: { cut: Cut; quote: Quote | undefined }) {
  const t = text.run;
  return (
    <dl className="facts">
      <div><dt>{t.secret}</dt><dd>{t.stays}</dd></div>
      <div><dt>{t.keysSize}</dt><dd>{cut.keyless ? text.model.keyless : `${bytes(cut.keysBytes)}, ${t.madeHere}`}</dd></div>
      <div><dt>{t.inputSize}</dt><dd>{bytes(cut.inputBytes)}, {t.madeHere}</dd></div>
      <div><dt>{t.outputSize}</dt><dd>{bytes(cut.outputBytes)}, {t.comesBack}</dd></div>
      <div><dt>{t.total}</dt><dd>{quote ? `${tokens(quote.total)} tokens` : "…"}</dd></div>
      <div><dt>{t.back}</dt><dd>{quote ? <IfNobodyAnswers quote={quote} /> : "…"}</dd></div>
    </dl>
  );
}

function Tells({ model, cut, prepared }: { model: Model; cut: Cut; prepared: Prepared }) {
  const { client } = useShared();
  const { value: p, fault } = useLoaded(
    () => client.call("price", { model: model.id, cut: cut.index, input: prepared.input }),
    [client, model.id, cut.index, prepared.input],
  );
  const t = text.run;
  if (fault) return <Failure fault={fault} />;
  if (!p) return null;
  return (
    <p className={p.refused ? "note bad" : "note"}>
      {t.tells} {p.tells === undefined ? t.tellsUnbounded : t.tellsAtMost(p.tells, text.model.bits(p.budget))}. {p.again && t.again} {p.refused}
    </p>
  );
}

function Order({ model, cut }: { model: Model; cut: Cut }) {
  const { client, balance } = useShared();
  const { value: quote, fault } = useLoaded(() => client.call("quote", { model: model.id, cut: cut.index }), [client, model.id, cut.index]);
  const [prepared, setPrepared] = useState<Prepared>();
  const run = useRun([...preparation, ...execution.filter((s) => s !== "upload keys" || !cut.keyless)]);
  const [begun, setBegun] = useState(false);
  const { money, refund } = useMoney(run.job);
  const t = text.run;
  const start = () => {
    if (!prepared || !quote) return;
    setBegun(true);
    run.start(async (c) => (await c.call("prepare", { model: model.id, cut: cut.index, input: prepared.input, maxCost: quote.total })).id);
  };
  if (begun) {
    return (
      <>
        <Live run={run} />
        <MoneyPanel money={money} refund={refund} />
        {run.fault && !run.busy && <button type="button" onClick={() => setBegun(false)}>{text.retry}</button>}
      </>
    );
  }
  return (
    <div className="order">
      <section><h2>{t.give}</h2><InputPanel model={model} prepared={prepared} set={setPrepared} /></section>
      <section><h2>{t.sizes}</h2><Sizes cut={cut} quote={quote} />{prepared && <Tells model={model} cut={cut} prepared={prepared} />}</section>
      <section><h2>{t.pay}</h2><WalletPanel /></section>
      <section>
        <h2>{t.go}</h2>
        {fault && <Failure fault={fault} />}
        <button type="button" className="primary" disabled={!prepared || !balance || !quote} onClick={start} aria-describedby="needs">{t.start}</button>
        {(!prepared || !balance) && <p className="why" id="needs">{t.needs}</p>}
      </section>
    </div>
  );
}

export function RunPage({ id, cut: index }: { id: string; cut: number }) {
  const { value: model, fault, again } = useModel(id);
  if (fault) return <Page title={text.catalogue.title}><Failure fault={fault} again={again} /></Page>;
  if (!model) return <Loading />;
  const cut = model.manifest.cuts.find((c) => c.index === index);
  if (!cut) return <Page title={model.manifest.name}><p>{text.notFound.body}</p></Page>;
  return <Page title={text.run.title(model.manifest.name)} lead={text.model.cutAfter(cut.layer)}><Order model={model} cut={cut} /><Tamper /></Page>;
}
