import type { Draft, DraftCut, Planned } from "../../creator.ts";
import { creator } from "../../text/creator.ts";
import type { Cut } from "../../types.ts";
import { Leakage } from "../leakage.tsx";
import { offerable } from "./cuts.tsx";
import { Measure } from "./measure.tsx";

const t = creator.publish.offers;

/** units makes of tokens, of six decimals, their smallest unit; nothing if it is no price. */
export function unitsOf(tokens: string): string | undefined {
  const m = /^(\d{1,12})(?:[.,](\d{1,6}))?$/.exec(tokens.trim());
  if (!m) return undefined;
  const n = BigInt(m[1] ?? "0") * 1_000_000n + BigInt((m[2] ?? "").padEnd(6, "0"));
  return n > 0n ? n.toString() : undefined;
}

/** shown is a cut of the draft as the parts for users take it. */
function shown(c: DraftCut): Cut {
  const r = c.release;
  return {
    index: 0, layer: c.layer, layers: [], shape: c.shape, price: "0", keysBytes: 0, inputBytes: 0, outputBytes: 0, keyless: false,
    ...(r?.sheet ? { sheet: r.sheet } : {}), ...(r?.chart ? { chart: r.chart } : {}), ...(r?.pictures ? { pictures: r.pictures } : {}),
  };
}

function Told({ cut, file }: { cut: DraftCut; file: string }) {
  const r = cut.release;
  if (!r) return <div className="note ask"><p>{t.unmeasured}</p><p><code>{t.command(file)}</code></p></div>;
  return (
    <>
      <p>{t.fits(r.values)}. {r.tells === undefined ? t.tellsAll : t.tells(r.tells)}</p>
      {r.steps.length > 0 && <details><summary>{t.steps}</summary><ul>{r.steps.map((s) => <li key={s}>{s}</li>)}</ul></details>}
      {!r.sheet && <p className="note ask">{t.noSheet}</p>}
      {r.sheet?.rating === "red" && <p className="note bad">{t.red}</p>}
      {r.sheet && <Leakage cut={shown(cut)} />}
    </>
  );
}

interface Props {
  draft: Draft;
  set(d: Draft): void;
  plans: Map<string, Planned>;
  prices: Map<string, string>;
  price(layer: string, tokens: string): void;
  limit: number;
  setLimit(n: number): void;
}

/** Offers shows what is offered: the price of each cut, and what its release tells. */
export function Offers({ draft, set, plans, prices, price, limit, setLimit }: Props) {
  const offered = offerable(draft).filter((c) => prices.has(c.layer));
  return (
    <section aria-labelledby="offers">
      <h2 id="offers">{t.title}</h2>
      {offered.length === 0 && <p>{t.none}</p>}
      {offered.map((c) => {
        const plan = plans.get(c.layer)?.plan;
        return (
          <div key={c.layer} className="offer">
            <h3>{t.after(c.layer)}</h3>
            <p>
              <label>{t.price}{" "}
                <input type="number" inputMode="decimal" min="0.000001" step="any" required value={prices.get(c.layer)} onChange={(e) => price(c.layer, e.target.value)} />
              </label>
            </p>
            <Told cut={c} file={draft.file} />
            <Measure draft={draft} cut={c} set={set} />
            {plan && <p className="why">{creator.publish.cuts.weights(plan.weights, plan.answers.toPrecision(2))}</p>}
          </div>
        );
      })}
      {offered.length > 0 && (
        <p><label>{t.limit} <input type="number" min="0" step="1" value={limit} onChange={(e) => setLimit(Math.max(0, Math.floor(Number(e.target.value))))} /></label></p>
      )}
    </section>
  );
}
