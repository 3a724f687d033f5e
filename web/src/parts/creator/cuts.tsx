import { bytes, seconds } from "../../format.ts";
import type { Draft, DraftCut, Layer, Plan, Planned, Reason } from "../../creator.ts";
import { creator } from "../../text/creator.ts";
import { text } from "../../text.ts";

const t = creator.publish.cuts;
const jobSeconds = 60;

export interface Segment { layers: Layer[]; cut: DraftCut | undefined }

/** segments are the layers between cuts, each with the cut at its end. */
export function segments(d: Draft): Segment[] {
  const list: Segment[] = [];
  let from = 0;
  for (const cut of [...d.cuts].sort((a, b) => a.after - b.after)) {
    if (cut.after <= from) continue;
    list.push({ layers: d.layers.slice(from, cut.after), cut });
    from = cut.after;
  }
  if (from < d.layers.length) list.push({ layers: d.layers.slice(from), cut: undefined });
  return list;
}

/** offerable are the cuts that can be offered, those that one tensor crosses first. */
export function offerable(d: Draft): DraftCut[] {
  return [...d.cuts, ...d.joined].filter((c) => c.encryptable);
}

/** operators names the operators of layers, each once in turn. */
export function operators(layers: Layer[]): string {
  return layers.map((l) => l.op).filter((op, i, all) => op !== all[i - 1]).join(", ");
}

function Figures({ plan: p }: { plan: Plan }) {
  const list: [string, string][] = [
    [t.time, seconds(p.predictedSeconds)], [t.keys, p.keyless ? t.noKeys : bytes(p.keysBytes)], [t.upload, bytes(p.inputBytes)],
    [t.download, bytes(p.outputBytes)], [t.bits, t.bitsOf(p.precisionBits)],
  ];
  return (
    <>
      <dl className="plan">{list.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      <p className="why">{p.kind}, N = 2^{p.logN}; {t.reference}</p>
      {p.predictedSeconds > jobSeconds && <p className="note bad">{t.slow}</p>}
    </>
  );
}

function Why({ reason: r }: { reason: Reason }) {
  return (
    <>
      <p>{t.endsAt(r.op, r.layer)}: {r.why}.</p>
      <p>{t.remedy}: {r.remedy}.</p>
    </>
  );
}

function Rating({ cut }: { cut: DraftCut }) {
  const tone = cut.release?.sheet?.rating ?? "none";
  return <span className={`rating ${tone}`}>{tone === "none" ? text.leakage.none : text.leakage.ratings[tone]}</span>;
}

interface Item { cut: DraftCut; planned: Planned | undefined; chosen: boolean; deepest?: boolean; toggle(): void; plan?: (() => void) | undefined }

/** CutItem offers a cut and says what it costs, or why it cannot be planned; plan is offered where it was not asked for yet. */
export function CutItem({ cut, planned, chosen, deepest, toggle, plan }: Item) {
  const reason = planned?.reason;
  const values = cut.shape.reduce((a, b) => a * b, 1);
  return (
    <div className="cut-row">
      <label>
        <input type="checkbox" checked={chosen} disabled={Boolean(reason)} onChange={toggle} /> {t.offer(cut.layer)}
      </label>
      <p className="tags">
        <span>{t.values(values)}</span> {deepest && <span>{t.deepest}</span>} <span>{text.leakage.rating}: <Rating cut={cut} /></span>
      </p>
      {planned?.plan && <Figures plan={planned.plan} />}
      {reason && <div className="note bad"><p><strong>{t.planFailed}</strong></p><Why reason={reason} /></div>}
      {!planned && <p className="why">{t.notPlanned}</p>}
      {!planned && plan && <p><button type="button" onClick={plan}>{t.planOne(cut.layer)}</button></p>}
    </div>
  );
}

interface Props { draft: Draft; plans: Map<string, Planned>; chosen: Set<string>; toggle(layer: string): void }

/** Cuts shows the model as a strip of layers with the places where it can be cut, and why encryption ends where it ends. */
export function Cuts({ draft, plans, chosen, toggle }: Props) {
  const list = segments(draft);
  const last = list.findLastIndex((s) => s.cut?.encryptable);
  const end = draft.cuts.find((c) => !c.encryptable)?.reason;
  const layers = (s: Segment) => (
    <div className="ops"><strong>{operators(s.layers)}</strong> <span className="why">{s.layers.map((l) => l.name).join(", ")}</span></div>
  );
  return (
    <ol className="cuts">
      {list.slice(0, last + 1).map((s) => s.cut && (
        <li key={s.cut.layer} className="segment encrypted">
          {layers(s)}
          {s.cut.encryptable && (
            <CutItem
              cut={s.cut} planned={plans.get(s.cut.layer)} chosen={chosen.has(s.cut.layer)} deepest={s === list[last]} toggle={() => toggle(s.cut?.layer ?? "")}
            />
          )}
        </li>
      ))}
      {end && <li className="segment end"><h3>{t.ends}</h3><Why reason={end} /></li>}
      <li className="segment rest">
        <h3>{t.rest}</h3>
        {list.slice(last + 1).map((s) => <div key={s.layers[0]?.name ?? ""}>{layers(s)}</div>)}
      </li>
    </ol>
  );
}
