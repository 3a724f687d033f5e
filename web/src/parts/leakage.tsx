import { percent } from "../format.ts";
import { text } from "../text.ts";
import type { Cut, Sheet } from "../types.ts";
import { Rebuilt } from "./rebuilt.tsx";
import { ratingOf } from "./strip.tsx";

/** Bar draws a share between two ends; the number beside it says the same. */
function Bar({ share, chance, label }: { share: number; chance?: number | undefined; label: string }) {
  const x = (v: number) => `${Math.max(0, Math.min(1, v)) * 100}%`;
  return (
    <svg className="bar" role="img" aria-label={`${label}: ${percent(share)}`} width="100%" height="14">
      <rect className="track" width="100%" height="14" rx="3" />
      <rect className="fill" width={x(share)} height="14" rx="3" />
      {chance !== undefined && <line className="chance" x1={x(chance)} x2={x(chance)} y1="0" y2="14" />}
    </svg>
  );
}

function Likeness({ sheet: s }: { sheet: Sheet }) {
  const t = text.leakage;
  const best = s.ssim;
  if (best === undefined || best === null) return null;
  return (
    <div>
      <h3>{t.likeness}</h3>
      <p className="figure">{best.toFixed(2)}{typeof s.floorSsim === "number" && <small> ({t.guess} {s.floorSsim.toFixed(2)})</small>}</p>
      <Bar share={best} chance={s.floorSsim ?? undefined} label={t.likeness} />
      <p className="why">{t.likenessWhy}</p>
    </div>
  );
}

/** Leakage shows what the sheet of a cut says an attacker learns, and says so where nothing was measured. */
export function Leakage({ cut }: { cut: Cut }) {
  const t = text.leakage;
  const s = cut.sheet;
  const r = ratingOf(cut);
  return (
    <section className={`leakage ${r.tone}`} aria-labelledby="leakage">
      <h2 id="leakage">{t.title}</h2>
      <p>{t.rating}: <strong className={`rating ${r.tone}`}>{r.name}</strong></p>
      {!s && <p className="note bad">{t.unmeasured}</p>}
      {s && (
        <div className="figures">
          <div>
            <h3>{t.bound}</h3>
            <p className="figure">{s.bitCap === null ? t.unbounded : s.bitCapText}</p>
            <p className="why">{s.bitCap === null ? t.unboundedWhy : t.boundWhy}</p>
          </div>
          <div>
            <h3>{t.recognised}</h3>
            <p className="figure">{percent(Math.max(s.reid1, s.match1))}</p>
            <Bar share={Math.max(s.reid1, s.match1)} chance={1 / s.gallery} label={t.recognised} />
            <p className="why">{t.recognisedWhy(s.gallery)}</p>
          </div>
          <Likeness sheet={s} />
          {s.accuracy !== null && (
            <div>
              <h3>{t.accuracy}</h3>
              <p className="figure">{percent(s.accuracy)}</p>
              {s.baseAccuracy !== null && <p className="why">{t.accuracyOf(percent(s.baseAccuracy))}</p>}
            </div>
          )}
        </div>
      )}
      {s && <p className="why">{t.by[s.measuredBy] ?? s.measuredBy} {s.date}</p>}
      {cut.pictures && <Rebuilt pictures={cut.pictures} />}
      {cut.chart && <img className="chart" alt={t.chart} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(cut.chart)}`} />}
    </section>
  );
}
