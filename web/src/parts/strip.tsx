import { text } from "../text.ts";
import type { Cut, Model } from "../types.ts";

export function ratingOf(c: Cut): { name: string; tone: "red" | "amber" | "green" | "none" } {
  const tone = c.sheet?.rating ?? "none";
  return { name: tone === "none" ? text.leakage.none : text.leakage.ratings[tone], tone };
}

/** Strip shows the layers of the prefix up to the deepest cut, and the cuts between them as choices. */
export function Strip({ model, chosen, choose }: { model: Model; chosen: number; choose(index: number): void }) {
  const cuts = [...model.manifest.cuts].sort((a, b) => a.index - b.index);
  const layers = cuts.at(-1)?.layers ?? [];
  const at = cuts.find((c) => c.index === chosen);
  const encrypted = at?.layers?.length ?? 0;
  return (
    <fieldset className="strip">
      <legend>{text.model.strip}</legend>
      <p>{text.model.stripHelp}</p>
      <ol className="layers">
        <li className="end">{text.model.input}</li>
        {layers.map((name, i) => {
          const cut = cuts.find((c) => (c.layers?.length ?? 0) === i + 1);
          return (
            <li key={name} className={i < encrypted ? "layer encrypted" : "layer"}>
              <span className="name">{name}</span>
              {cut && (
                <label className={`cut ${ratingOf(cut).tone}`}>
                  <input type="radio" name="cut" value={cut.index} checked={cut.index === chosen} onChange={() => choose(cut.index)} />
                  {text.model.cutAfter(cut.layer)} <span className="rating">{ratingOf(cut).name}</span>
                </label>
              )}
            </li>
          );
        })}
        <li className="layer rest">{text.model.creator}</li>
        <li className="end">{text.model.answer}</li>
      </ol>
    </fieldset>
  );
}
