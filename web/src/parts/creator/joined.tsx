import type { Draft, DraftCut, Planned } from "../../creator.ts";
import { creator } from "../../text/creator.ts";
import { CutItem } from "./cuts.tsx";

const t = creator.publish.joined;

interface Props { draft: Draft; plans: Map<string, Planned>; chosen: Set<string>; busy: boolean; toggle(layer: string): void; plan(layer: string): void }

/** Joined lists the cuts that several tensors cross, such as those inside of residual blocks. Each is planned when asked for. */
export function Joined({ draft, plans, chosen, busy, toggle, plan }: Props) {
  if (draft.joined.length === 0) return null;
  const possible = draft.joined.filter((c) => c.encryptable);
  const behind = draft.joined.length - possible.length;
  const before = (c: DraftCut) => draft.layers[c.after - 1]?.name ?? c.layer;
  return (
    <details className="joined">
      <summary>{t.title(possible.length)}</summary>
      <p>{t.lead}</p>
      <ol className="cuts">
        {possible.map((c) => (
          <li key={c.layer} className="segment encrypted">
            <div className="ops"><strong>{t.cross(c.layer.split("+"))}</strong> <span className="why">{t.behind(before(c))}</span></div>
            <CutItem
              cut={c} planned={plans.get(c.layer)} chosen={chosen.has(c.layer)} toggle={() => toggle(c.layer)} plan={busy ? undefined : () => plan(c.layer)}
            />
          </li>
        ))}
      </ol>
      {behind > 0 && <p className="why">{t.ended(behind)}</p>}
    </details>
  );
}
