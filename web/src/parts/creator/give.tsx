import { type DragEvent, useState } from "react";
import type { Fault } from "../../client.ts";
import { read, toFault, useShared } from "../../context.tsx";
import type { Draft } from "../../creator.ts";
import { creator } from "../../text/creator.ts";
import { Facts, Failure, Loading } from "../basics.tsx";
import { Checks } from "../checks.tsx";

/** inOrder puts the model before its card and releases, and those before inputs: each is read by what came before. */
export function inOrder<T extends { name: string }>(files: T[]): T[] {
  const rank = (f: T) => (/\.onnx$/i.test(f.name) ? 0 : /\.json$/i.test(f.name) ? 1 : 2);
  return [...files].sort((a, b) => rank(a) - rank(b));
}

function Given({ draft: d }: { draft: Draft }) {
  const t = creator.publish;
  const cuts = d.cuts.filter((c) => c.encryptable).length;
  return (
    <>
      <Facts
        list={[
          [t.facts.model, d.file], [t.facts.input, (d.input ?? []).join(" × ")], [t.facts.layers, t.layerCount(d.layers.length, cuts)],
          [t.facts.card, `${d.card.name}, ${d.given ? t.givenCard : t.guessed}`], [t.facts.data, d.data.join(", ") || t.nothing],
          [t.facts.samples, t.samplesOf(d.samples)],
        ]}
      />
      <Checks list={d.checks.map((c) => ({ ...c, name: nameOf(c.name) }))} open />
    </>
  );
}

function nameOf(check: string): string {
  const [kind, layer] = check.split(" ", 2);
  const name = creator.publish.checks[kind as keyof typeof creator.publish.checks] ?? check;
  return layer ? `${name} ${layer}` : name;
}

/** Give takes the files of a model by any way a person gives them. */
export function Give({ draft, set }: { draft: Draft | undefined; set(d: Draft): void }) {
  const { client } = useShared();
  const [fault, setFault] = useState<Fault>();
  const [reading, setReading] = useState("");
  const t = creator.publish;
  const take = async (files: File[]) => {
    setFault(undefined);
    try {
      for (const f of inOrder(files)) {
        setReading(f.name);
        set(await client.call("take", { name: f.name }, [await read(f)]));
      }
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setReading("");
    }
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    void take([...e.dataTransfer.files]);
  };
  return (
    <section aria-labelledby="give">
      <h2 id="give">{t.give}</h2>
      <div className="drop" onDragOver={(e) => e.preventDefault()} onDrop={drop}>
        <p>{t.drop}</p>
        <label>{t.choose} <input type="file" multiple onChange={(e) => void take([...(e.target.files ?? [])])} /></label>
        <p className="why">{t.local}</p>
      </div>
      {reading && <Loading what={t.reading(reading)} />}
      {fault && <Failure fault={fault} />}
      {draft?.file && <Given draft={draft} />}
    </section>
  );
}
