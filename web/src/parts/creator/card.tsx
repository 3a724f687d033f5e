import { type FormEvent, type ReactNode, useState } from "react";
import type { Fault } from "../../client.ts";
import { toFault, useShared } from "../../context.tsx";
import type { Card, Draft } from "../../creator.ts";
import { creator } from "../../text/creator.ts";
import { Failure } from "../basics.tsx";

const t = creator.publish.card;

function lines(s: string): string[] {
  return s.split("\n").map((l) => l.trim()).filter(Boolean);
}

/** numbers reads a list of numbers; an error names the field. */
export function numbers(field: string, s: string): number[] {
  const list = s.split(/[\s,;]+/).filter(Boolean).map(Number);
  if (list.some((n) => !Number.isFinite(n))) throw new Error(t.badNumbers(field));
  return list;
}

function one(field: string, s: string): number {
  const [n, more] = numbers(field, s);
  if (n === undefined || more !== undefined) throw new Error(t.badNumbers(field));
  return n;
}

/** cardOf is a card with what was filled in; fields that the form does not show stay as they are. */
export function cardOf(was: Card, form: FormData): Card {
  const value = (name: string) => String(form.get(name) ?? "").trim();
  const input = { ...was.input, kind: value("kind") as Card["input"]["kind"], shape: numbers(t.shape, value("shape")), scale: one(t.scale, value("scale")) };
  for (const [key, label] of [["mean", t.mean], ["std", t.std]] as const) {
    const list = numbers(label, value(key));
    if (list.length > 0) input[key] = list;
    else delete input[key];
  }
  const clip = one(t.clip, value("clip") || "0");
  if (clip) input.clip = clip;
  else delete input.clip;
  const columns = lines(value("columns"));
  if (input.kind === "table" && columns.length > 0) input.columns = columns;
  else delete input.columns;
  const card: Card = {
    ...was, input, name: value("name"), description: value("description"), task: value("task"), labels: lines(value("labels")),
    inputRange: { low: one(t.low, value("low")), high: one(t.high, value("high")) },
  };
  if (value("output")) card.output = { ...was.output, kind: value("output") };
  else delete card.output;
  const output = numbers(t.expected, value("expected"));
  if (value("sample") || output.length > 0) card.sample = { input: value("sample"), output };
  else delete card.sample;
  return card;
}

function Text({ name, label, value, wide, required }: { name: string; label: string; value: string | number | undefined; wide?: boolean; required?: boolean }) {
  return <label className={wide ? "wide" : undefined}>{label} <input name={name} defaultValue={value} required={required} autoComplete="off" /></label>;
}

function Area({ name, label, value, rows = 3 }: { name: string; label: string; value: string | undefined; rows?: number }) {
  return <label className="wide">{label} <textarea name={name} defaultValue={value} rows={rows} spellCheck={false} /></label>;
}

function Choice({ name, label, value, options }: { name: string; label: string; value: string; options: [string, string][] }) {
  return (
    <label>{label}{" "}
      <select name={name} defaultValue={value}>{options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}</select>
    </label>
  );
}

function Form({ card: c, submit, children }: { card: Card; submit(f: FormData): void; children: ReactNode }) {
  const send = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    submit(new FormData(e.currentTarget));
  };
  const list = (l: number[] | null | undefined) => (l ?? []).join(" ");
  return (
    <form className="card-form" onSubmit={send}>
      <Text name="name" label={t.name} value={c.name} required />
      <Choice name="task" label={t.task} value={c.task === "classification" ? c.task : "other"} options={[["classification", t.classification], ["other", t.other]]} />
      <Area name="description" label={t.description} value={c.description} rows={2} />
      <Choice name="kind" label={t.kind} value={c.input.kind} options={[["image", t.image], ["table", t.table]]} />
      <Text name="shape" label={t.shape} value={list(c.input.shape)} required />
      <Text name="scale" label={t.scale} value={c.input.scale} required />
      <Text name="clip" label={t.clip} value={c.input.clip ?? 0} />
      <Text name="low" label={t.low} value={c.inputRange.low} required />
      <Text name="high" label={t.high} value={c.inputRange.high} required />
      <Text name="mean" label={t.mean} value={list(c.input.mean)} wide />
      <Text name="std" label={t.std} value={list(c.input.std)} wide />
      <Area name="columns" label={t.columns} value={(c.input.columns ?? []).join("\n")} />
      <Area name="labels" label={t.labels} value={(c.labels ?? []).join("\n")} />
      <Choice name="output" label={t.output} value={c.output?.kind ?? ""} options={Object.entries(t.outputs)} />
      <Text name="sample" label={t.sample} value={c.sample?.input} wide />
      <Text name="expected" label={t.expected} value={list(c.sample?.output)} wide />
      {children}
    </form>
  );
}

/** CardEditor changes what the model's file does not say. */
export function CardEditor({ draft, set }: { draft: Draft; set(d: Draft): void }) {
  const { client } = useShared();
  const [fault, setFault] = useState<Fault>();
  const apply = async (make: () => Card) => {
    setFault(undefined);
    try {
      set(await client.call("card", make()));
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const json = JSON.stringify(draft.card, null, 2);
  const whole = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const text = String(new FormData(e.currentTarget).get("json"));
    void apply(() => {
      try {
        return JSON.parse(text) as Card;
      } catch {
        throw new Error(t.badJSON);
      }
    });
  };
  return (
    <section aria-labelledby="card">
      <h2 id="card">{t.title}</h2>
      <p>{t.lead}</p>
      <details open={!draft.given}>
        <summary>{t.edit}</summary>
        <Form key={json} card={draft.card} submit={(f) => void apply(() => cardOf(draft.card, f))}>
          <button type="submit">{t.apply}</button>
        </Form>
      </details>
      <details>
        <summary>{t.all}</summary>
        <form className="fields" onSubmit={whole} key={json}>
          <label>{t.all} <textarea name="json" rows={14} spellCheck={false} defaultValue={json} className="code" /></label>
          <button type="submit">{t.apply}</button>
        </form>
      </details>
      {fault && <Failure fault={fault} />}
    </section>
  );
}
