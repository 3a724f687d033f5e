import { type FormEvent, useState } from "react";
import type { Fault } from "../../client.ts";
import { toFault, useShared } from "../../context.tsx";
import type { Board, BoardCut, BoardModel, CreatorJob, Published } from "../../creator.ts";
import { short, tokens } from "../../format.ts";
import { Link } from "../../router.tsx";
import { creator } from "../../text/creator.ts";
import { text } from "../../text.ts";
import { Failure, Id } from "../basics.tsx";
import { Bundle } from "./bundle.tsx";
import { Steps, useWork } from "./go.tsx";
import { unitsOf } from "./offers.tsx";

const t = creator.board;

function PriceForm({ cut, busy, set }: { cut: BoardCut; busy: boolean; set(price: string): void }) {
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const price = unitsOf(String(new FormData(e.currentTarget).get("price")));
    if (price) set(price);
  };
  const tone = cut.rating ?? "none";
  return (
    <form className="price" onSubmit={submit}>
      <label>
        <span>{t.price(cut.layer)} · {text.leakage.rating}: <span className={`rating ${tone}`}>{tone === "none" ? text.leakage.none : text.leakage.ratings[tone]}</span></span>
        <input key={cut.price} type="number" inputMode="decimal" name="price" min="0.000001" step="any" required defaultValue={tokens(cut.price)} />
      </label>
      <button type="submit" disabled={busy}>{t.setPrice}</button>
    </form>
  );
}

/** agentOf is what is known of the agent of a model: an answer shows that one has its file, a connection does not. */
export function agentOf(m: BoardModel, jobs: CreatorJob[]): keyof typeof t.agentOf {
  if (!m.online) return "offline";
  if (jobs.some((j) => j.model === m.id && j.state === "delivered")) return "answers";
  return m.renewed ? "renewed" : "unproven";
}

interface Props { model: BoardModel; jobs: CreatorJob[]; throwaway: boolean; changed(): void }

function Model({ model: m, jobs, throwaway, changed }: Props) {
  const { client } = useShared();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [file, setFile] = useState<Published>();
  const [renewed, setRenewed] = useState(false);
  const work = useWork<Published>((p) => {
    setFile(p);
    setRenewed(true);
    changed();
  });
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setFault(undefined);
    try {
      await what();
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
      changed();
    }
  };
  const setActive = () => {
    if (m.active && !window.confirm(t.unpublishConfirm(m.name))) return;
    void act(() => client.call("setActive", { model: m.id, active: !m.active }));
  };
  const renew = () => {
    if (window.confirm(t.renewConfirm(m.name))) work.start(() => client.call("renew", { model: m.id }));
  };
  const show = () => setFile(file ? undefined : { id: m.id, name: m.name, account: throwaway });
  const waits = busy || work.busy;
  const agent = agentOf(m, jobs);
  return (
    <li className="card">
      <h3><Link to={`/models/${m.id}`}>{m.name}</Link></h3>
      <p><Id value={m.id} /></p>
      <p className="tags">
        <span className={m.active ? "" : "warn"}>{m.active ? t.active : t.stopped}</span>
        {(m.active || agent === "answers") && <span className={agent === "offline" || agent === "renewed" ? "warn" : ""}>{t.agentOf[agent]}</span>}
        {!m.ready && <span className="warn">{t.notReady}</span>}
      </p>
      {m.cuts.map((c) => (
        <PriceForm key={c.index} cut={c} busy={waits} set={(price) => void act(() => client.call("setPrice", { model: m.id, cut: c.index, price }))} />
      ))}
      <p className="actions">
        {(m.active || !m.successor) && <button type="button" disabled={waits} onClick={setActive}>{m.active ? t.unpublish : t.republish}</button>}
        {m.kept && <button type="button" disabled={waits || !m.active} onClick={renew}>{t.renew}</button>}
        {m.kept && <button type="button" aria-expanded={Boolean(file)} onClick={show}>{t.file}</button>}
      </p>
      {!m.kept && <p className="why">{t.notKept}</p>}
      {m.successor && <p className="why">{t.successor(short(m.successor))}</p>}
      {fault && <Failure fault={fault} />}
      <Steps work={work} stop={work.stop} />
      {renewed && <p className="note ask" role="status">{t.renewed(m.name)}</p>}
      {file && <Bundle title={creator.bundle.of(file.name)} id={file.id} name={file.name} account={file.account} />}
    </li>
  );
}

/** Models are an account's models with what can be done to them. */
export function Models({ board, jobs, changed }: { board: Board; jobs: CreatorJob[]; changed(): void }) {
  return (
    <section aria-labelledby="models">
      <h2 id="models">{t.models}</h2>
      {board.models.length === 0 && <p>{t.none}</p>}
      <ul className="cards wide">{board.models.map((m) => <Model key={m.id} model={m} jobs={jobs} throwaway={board.throwaway} changed={changed} />)}</ul>
    </section>
  );
}
