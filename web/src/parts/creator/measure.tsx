import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { Client, type Fault, startWorker } from "../../client.ts";
import { read, toFault, useShared } from "../../context.tsx";
import type { Draft, DraftCut, Order } from "../../creator.ts";
import { bytesOf, seconds } from "../../format.ts";
import { creator } from "../../text/creator.ts";
import type { Progress } from "../../types.ts";
import { Failure, Loading } from "../basics.tsx";

const t = creator.publish.measure;

/** orderOf is what is asked for; what was left empty is as the command's options leave it. */
export function orderOf(form: FormData): Order {
  const number = (name: string) => Number(form.get(name) || 0);
  return {
    k: number("k"), principal: form.get("principal") === "on", noise: number("noise"), clip: number("clip"), bits: number("bits"),
    effort: form.get("quick") === "on" ? "quick" : "default", seed: number("seed"),
  };
}

/** labelsOf says how a file of records names its classes: in a column, in another file, or in itself. */
export function labelsOf(records: string): "column" | "file" | "inside" {
  if (/\.csv$/i.test(records)) return "column";
  return /\.npz$/i.test(records) ? "inside" : "file";
}

interface Measuring { progress?: Progress; fault?: Fault; busy: boolean; seconds?: number }

/** useMeasuring runs the measuring program in a worker of its own, which ends with it, with being stopped, or with the page. */
function useMeasuring() {
  const [state, set] = useState<Measuring>({ busy: false });
  const worker = useRef<Worker | undefined>(undefined);
  const end = () => {
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => end, []);
  const run = async (act: (program: Client) => Promise<number | undefined>) => {
    end();
    const mine = startWorker("leakage");
    worker.current = mine;
    set({ busy: true });
    const program = new Client(mine);
    program.listen((kind, data) => {
      if (kind === "progress" && worker.current === mine) set({ busy: true, progress: data as Progress });
    });
    try {
      const took = await act(program);
      if (worker.current === mine) set({ busy: false, ...(took === undefined ? {} : { seconds: took }) });
    } catch (e) {
      if (worker.current === mine) set({ busy: false, fault: toFault(e) });
    } finally {
      mine.terminate();
    }
  };
  const stop = () => {
    end();
    set({ busy: false });
  };
  return { ...state, run, stop };
}

function Records({ data, name, choose }: { data: string[]; name: string; choose(name: string): void }) {
  const [own, setOwn] = useState(data.length === 0);
  const pick = (v: string) => {
    setOwn(v === "");
    choose(v);
  };
  return (
    <>
      {data.length > 0 && (
        <label>{t.records}{" "}
          <select name="given" value={own ? "" : name} onChange={(e) => pick(e.target.value)}>
            {data.map((d) => <option key={d} value={d}>{d}</option>)}
            <option value="">{t.another}</option>
          </select>
        </label>
      )}
      {own && <label>{t.file} <input type="file" name="records" required onChange={(e) => choose(e.target.files?.[0]?.name ?? "")} /></label>}
    </>
  );
}

interface Props { draft: Draft; cut: DraftCut; set(d: Draft): void }

/** Measure measures in this tab what the release of a cut tells, and puts it into the draft. */
export function Measure({ draft, cut, set }: Props) {
  const { client } = useShared();
  const heading = useId();
  const [name, setName] = useState(draft.data[0] ?? "");
  const m = useMeasuring();
  const given = async (file: string) => bytesOf((await client.call("file", { name: file })).file);
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget);
    void m.run(async (program) => {
      const chosen = form.get("records");
      const files = [await given(draft.file), chosen instanceof File ? await read(chosen) : await given(name)];
      const labels = form.get("labels");
      const separate = labels instanceof File && labels.size > 0;
      if (separate) files.push(await read(labels));
      const tried = [...draft.cuts, ...draft.joined].flatMap((c) => (c.release?.sheet ? [{ cut: c.layer, sheet: c.release.sheet }] : []));
      const named = separate ? `labels of ${labels.name}` : typeof labels === "string" ? labels : "";
      const done = await program.call("measure", { card: draft.card, layer: cut.layer, data: name, labels: named, order: orderOf(form), tried }, files);
      set(await client.call("measured", done.release));
      return done.seconds;
    });
  };
  const number = (field: string, label: string, props: { min: string; step: string; placeholder: string }) => (
    <label>{label} <input type="number" name={field} inputMode="decimal" {...props} /></label>
  );
  const kind = labelsOf(name);
  return (
    <details className="measure" open={!cut.release?.sheet || m.busy || Boolean(m.fault)}>
      <summary id={heading}>{t.title}</summary>
      <p>{t.lead}</p>
      <form className="fields" aria-labelledby={heading} onSubmit={submit}>
        <Records data={draft.data} name={name} choose={setName} />
        {kind === "column" && <label>{t.column} <input name="labels" placeholder={t.usual} autoComplete="off" /></label>}
        {kind === "file" && name !== "" && <label>{t.labels} <input type="file" name="labels" /></label>}
        {number("k", t.k, { min: "1", step: "1", placeholder: t.all })}
        {number("noise", t.noise, { min: "0", step: "any", placeholder: t.none })}
        {number("clip", t.clip, { min: "0", step: "any", placeholder: t.usualClip })}
        {number("bits", t.bits, { min: "0", step: "1", placeholder: t.none })}
        {number("seed", t.seed, { min: "1", step: "1", placeholder: "1" })}
        <label><input type="checkbox" name="principal" /> {t.principal}</label>
        <label><input type="checkbox" name="quick" /> {t.quick}</label>
        <button type="submit" className="primary" disabled={m.busy || !draft.given}>{t.start}</button>
        {m.busy && <button type="button" onClick={m.stop}>{t.stop}</button>}
      </form>
      {!draft.given && <p className="why">{t.needsCard}</p>}
      {m.busy && <Loading what={m.progress ? t.doing(m.progress.step, m.progress.total > 0 ? m.progress.done / m.progress.total : 0) : t.loading} />}
      {m.fault && <Failure fault={m.fault} />}
      {m.seconds !== undefined && <p role="status">{t.took(seconds(m.seconds))}</p>}
      <p className="why">{t.note}</p>
    </details>
  );
}
