import { type DragEvent, useState } from "react";
import type { Fault } from "../client.ts";
import { read, toFault, useShared } from "../context.tsx";
import { Facts, Failure, Id, Loading, Page } from "../parts/basics.tsx";
import { VerdictView } from "../parts/checks.tsx";
import { text } from "../text.ts";
import type { Examined } from "../types.ts";

export function Verify() {
  const { client } = useShared();
  const t = text.verify;
  const [quote, setQuote] = useState<File>();
  const [collateral, setCollateral] = useState<File>();
  const [at, setAt] = useState("");
  const [answer, setAnswer] = useState<Examined>();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const verify = async (f = quote) => {
    if (!f) return;
    setBusy(true);
    setFault(undefined);
    setAnswer(undefined);
    try {
      const files = [await read(f), ...(collateral ? [await read(collateral)] : [])];
      setAnswer(await client.call("examine", at ? { at: new Date(`${at}Z`).toISOString() } : {}, files));
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    const f = e.dataTransfer.files[0];
    setQuote(f);
    void verify(f);
  };
  return (
    <Page title={t.title} lead={t.lead}>
      <div className="drop fields" onDragOver={(e) => e.preventDefault()} onDrop={drop}>
        <label>{t.quote} <input type="file" onChange={(e) => setQuote(e.target.files?.[0])} /></label>
        <label>{t.collateral} <input type="file" onChange={(e) => setCollateral(e.target.files?.[0])} /></label>
        <label>{t.at} (UTC) <input type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} /></label>
        <button type="button" className="primary" disabled={!quote || busy} onClick={() => void verify()}>{t.go}</button>
      </div>
      {busy && <Loading />}
      {fault && <Failure fault={fault} />}
      {answer && (
        <section aria-live="polite">
          <Facts
            list={[
              [t.kind, answer.kind || "quote"], [t.policy, t.policies[answer.policy]],
              ...(answer.signer ? [[t.signer, <Id key="s" value={answer.signer} />] as [string, React.ReactNode]] : []),
              ...(answer.assumed?.length ? [[t.assumed, answer.assumed.join(", ")] as [string, string]] : []),
            ]}
          />
          <VerdictView verdict={answer.verdict} name="quote" open />
        </section>
      )}
    </Page>
  );
}
