import { type DragEvent, type FormEvent, useEffect, useRef, useState } from "react";
import type { Fault } from "../client.ts";
import { read, toFault, useShared } from "../context.tsx";
import { text } from "../text.ts";
import type { Field, Model, Prepared } from "../types.ts";
import { Failure } from "./basics.tsx";

function Preview({ prepared: p }: { prepared: Prepared }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!c || !p.pixels || !p.width || !p.height) return;
    const raw = Uint8ClampedArray.from(atob(p.pixels), (x) => x.charCodeAt(0));
    c.putImageData(new ImageData(raw, p.width, p.height), 0, 0);
  }, [p]);
  const t = text.run;
  return (
    <figure className="preview">
      {p.pixels && <canvas ref={canvas} width={p.width} height={p.height} role="img" aria-label={t.previewAlt} />}
      <figcaption>{t.preview}: {t.range(p.values, p.low.toPrecision(3), p.high.toPrecision(3))}</figcaption>
      {!p.inside && <p className="note bad">{t.outside}</p>}
    </figure>
  );
}

/** fieldsOf lists the columns of a table's schema. */
export function fieldsOf(m: Model): Field[] {
  const s = m.manifest.input;
  return s.fields?.length ? s.fields : (s.columns ?? []).map((name) => ({ name }));
}

/** rowOf makes the JSON record of a filled form. */
export function rowOf(fields: Field[], values: FormData): Record<string, string | number> {
  return Object.fromEntries(fields.map((f) => {
    const v = String(values.get(f.name) ?? "");
    return [f.name, f.values?.length ? v : Number(v)];
  }));
}

function RowForm({ fields, give }: { fields: Field[]; give(b: Blob): void }) {
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    give(new Blob([JSON.stringify(rowOf(fields, new FormData(e.currentTarget)))]));
  };
  return (
    <details>
      <summary>{text.run.form}</summary>
      <form className="fields" onSubmit={submit}>
        {fields.map((f) => (
          <label key={f.name}>
            {f.name}{f.unit && ` [${f.unit}]`}
            {f.values?.length
              ? <select name={f.name} required>{f.values.map((v) => <option key={v}>{v}</option>)}</select>
              : <input name={f.name} type="number" step="any" required min={f.valid?.low} max={f.valid?.high} />}
          </label>
        ))}
        <button type="submit">{text.run.useRow}</button>
      </form>
    </details>
  );
}

/** InputPanel takes a file by any way a person gives one and shows what the model would get. */
export function InputPanel({ model, prepared, set }: { model: Model; prepared: Prepared | undefined; set(p: Prepared | undefined): void }) {
  const { client } = useShared();
  const [fault, setFault] = useState<Fault>();
  const kind = model.manifest.input.kind;
  const take = async (b: Blob | null | undefined) => {
    if (!b) return;
    setFault(undefined);
    set(undefined);
    try {
      set(await client.call("input", { model: model.id }, [await read(b)]));
    } catch (e) {
      setFault(toFault(e));
    }
  };
  useEffect(() => {
    const paste = (e: ClipboardEvent) => void take(e.clipboardData?.files[0]);
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  });
  const drop = (e: DragEvent) => {
    e.preventDefault();
    void take(e.dataTransfer.files[0]);
  };
  const t = text.run;
  return (
    <>
      <div className="drop" onDragOver={(e) => e.preventDefault()} onDrop={drop}>
        <p>{t.drop[kind]}</p>
        <label>{t.choose} <input type="file" onChange={(e) => void take(e.target.files?.[0])} /></label>
        {kind === "image" && (
          <label className="camera">{t.camera} <input type="file" accept="image/*" capture="environment" onChange={(e) => void take(e.target.files?.[0])} /></label>
        )}
        <p className="why">{t.privacy}</p>
      </div>
      {kind === "table" && <RowForm fields={fieldsOf(model)} give={(b) => void take(b)} />}
      {fault && <Failure fault={fault} />}
      {prepared && <Preview prepared={prepared} />}
    </>
  );
}
