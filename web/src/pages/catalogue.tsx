import { useState } from "react";
import { useLoaded, useShared } from "../context.tsx";
import { seconds, tokens } from "../format.ts";
import { Failure, Id, Loading, Page } from "../parts/basics.tsx";
import { ratingOf } from "../parts/strip.tsx";
import { Link } from "../router.tsx";
import { text } from "../text.ts";
import type { Listing, Model } from "../types.ts";

/** fits tells whether a model is what somebody searches for. */
export function fits(m: Model, words: string, kind: string): boolean {
  const f = m.manifest;
  const all = [f.name, f.description, f.task, ...f.cuts.map((c) => c.layer), ...(f.labels ?? [])].join(" ").toLowerCase();
  return (kind === "" || f.input.kind === kind) && words.toLowerCase().split(/\s+/).every((w) => all.includes(w));
}

function Card({ model: m }: { model: Model }) {
  const t = text.catalogue;
  const f = m.manifest;
  const cheapest = f.cuts.map((c) => c.price).reduce((a, b) => (BigInt(b) < BigInt(a) ? b : a));
  const times = m.plans.filter((p) => !p.error).map((p) => p.predictedSeconds);
  return (
    <li className="card">
      <h2><Link to={`/models/${m.id}`}>{f.name}</Link></h2>
      <p>{f.description}</p>
      <p className="tags">
        <span>{f.task}</span> <span>{text.kinds[f.input.kind]}</span> <span>{t.cuts(f.cuts.length)}</span>
        <span>{t.from} {tokens(cheapest)} tokens</span> {times.length > 0 && <span>{t.from} {seconds(Math.min(...times))}</span>}
        <span className={m.online ? "" : "warn"}>{m.online ? t.online : t.offline}</span>
        {!m.ready && <span className="warn">{t.notReady}</span>}
      </p>
      <ul className="tags" aria-label={text.leakage.rating}>
        {f.cuts.map((c) => <li key={c.index} className={`rating ${ratingOf(c).tone}`}>{c.layer}: {ratingOf(c).name}</li>)}
      </ul>
    </li>
  );
}

function List({ listing }: { listing: Listing }) {
  const t = text.catalogue;
  const [words, setWords] = useState("");
  const [kind, setKind] = useState("");
  const shown = listing.models.filter((m) => fits(m, words, kind));
  const refused = Object.entries(listing.refused);
  return (
    <>
      <search className="search">
        <label>{t.search} <input type="search" value={words} placeholder={t.searchHint} onChange={(e) => setWords(e.target.value)} /></label>
        <label>{t.kind}{" "}
          <select value={kind} onChange={(e) => setKind(e.target.value)}>
            <option value="">{t.anyKind}</option>
            <option value="image">{text.kinds.image}</option>
            <option value="table">{text.kinds.table}</option>
          </select>
        </label>
      </search>
      {shown.length === 0 && <p role="status">{listing.models.length === 0 ? t.empty : t.none}</p>}
      <ul className="cards">{shown.map((m) => <Card key={m.id} model={m} />)}</ul>
      {refused.length > 0 && (
        <details>
          <summary>{t.refused}: {refused.length}</summary>
          <ul>{refused.map(([id, why]) => <li key={id}><Id value={id} /> {why}</li>)}</ul>
        </details>
      )}
    </>
  );
}

export function Catalogue() {
  const { client } = useShared();
  const { value, fault, again } = useLoaded(() => client.call("models", null), [client]);
  return (
    <Page title={text.catalogue.title}>
      {fault && <Failure fault={fault} again={again} />}
      {!fault && !value && <Loading />}
      {value && <List listing={value} />}
    </Page>
  );
}
