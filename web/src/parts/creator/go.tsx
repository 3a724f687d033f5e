import { useEffect, useState } from "react";
import type { Fault } from "../../client.ts";
import { toFault, useShared } from "../../context.tsx";
import type { Published } from "../../creator.ts";
import { bytes, seconds } from "../../format.ts";
import { Link } from "../../router.tsx";
import { creator } from "../../text/creator.ts";
import { text } from "../../text.ts";
import type { Step, Verdict } from "../../types.ts";
import { Failure, Loading } from "../basics.tsx";
import { VerdictView } from "../checks.tsx";
import { WalletPanel } from "../wallet.tsx";

const t = creator.publish.go;

/** stepName is what a step of publishing is called. */
export function stepName(name: string): string {
  const known = t.steps[name];
  if (known) return known;
  const [verb, ...rest] = name.split(" ");
  const layer = rest.join(" ");
  if (verb === "compile") return t.compile(layer);
  return verb === "upload" ? t.upload(layer) : name;
}

export interface Work { steps: Step[]; verdict: Verdict | undefined; fault: Fault | undefined; busy: boolean }

/** useWork follows what the creators' program does in steps. */
export function useWork<T>(done: (v: T) => void): Work & { start(act: () => Promise<T>): void; stop(): void } {
  const { client, setBalance } = useShared();
  const [work, set] = useState<Work>({ steps: [], verdict: undefined, fault: undefined, busy: false });
  useEffect(() => client.listen((kind, data) => {
    if (kind === "step") set((w) => (w.busy ? { ...w, steps: [...w.steps, data as Step] } : w));
    else if (kind === "verdict") set((w) => ({ ...w, verdict: (data as { verdict: Verdict }).verdict }));
  }), [client]);
  const start = async (act: () => Promise<T>) => {
    set({ steps: [], verdict: undefined, fault: undefined, busy: true });
    try {
      done(await act());
      set((w) => ({ ...w, busy: false }));
    } catch (e) {
      set((w) => ({ ...w, busy: false, fault: toFault(e) }));
    }
    client.call("balance", null).then(setBalance, () => {});
  };
  return { ...work, start: (act) => void start(act), stop: () => void client.call("stop", null) };
}

/** Steps shows work as it goes. */
export function Steps({ work, stop }: { work: Work; stop(): void }) {
  if (!work.busy && work.steps.length === 0 && !work.fault) return null;
  return (
    <>
      <ol className="steps">
        {work.steps.map((s) => (
          <li key={s.name} className="step done">
            <div className="row">
              <span className="name">{stepName(s.name)}</span>
              <span className="state">{s.seconds > 0 ? seconds(s.seconds) : text.run.stepStates.done}{s.bytes > 0 && `, ${bytes(s.bytes)}`}</span>
            </div>
            {s.name === "verify a worker" && work.verdict && <VerdictView verdict={work.verdict} name="worker" />}
          </li>
        ))}
      </ol>
      {work.busy && <Loading what={t.waiting} />}
      {work.busy && <button type="button" onClick={stop}>{t.stop}</button>}
      {work.fault && <Failure fault={work.fault} />}
    </>
  );
}

interface Props {
  ready: boolean;
  offers(): { layer: string; price: string }[];
  limit: number;
  published: Published | undefined;
  setPublished(p: Published): void;
}

/** Go seals and publishes. */
export function Go({ ready, offers, limit, published, setPublished }: Props) {
  const { client, balance } = useShared();
  const work = useWork<Published>(setPublished);
  const publish = (again: boolean) => work.start(() => client.call("publish", { offers: offers(), maxJobsPerUserDay: limit, again }));
  const before = work.fault && t.before[work.fault.code]; // the same was published before, and stopped
  const can = ready && balance && !work.busy;
  return (
    <section aria-labelledby="publish">
      <h2 id="publish">{t.title}</h2>
      <WalletPanel />
      <p className="why">{t.account}</p>
      <p><button type="button" className="primary" disabled={!can} onClick={() => publish(false)}>{t.button}</button></p>
      {!can && !work.busy && !published && <p className="why">{t.needs}</p>}
      <Steps work={before ? { ...work, fault: undefined } : work} stop={work.stop} />
      {before && work.fault && (
        <div className="note ask" role="alert">
          <p>{before}</p>
          <p className="actions">
            {work.fault.code === "unpublished" && <button type="button" className="primary" disabled={!can} onClick={() => publish(true)}>{t.again}</button>}
            <Link className="button" to="/creator/board">{t.board}</Link>
          </p>
        </div>
      )}
      {published && (
        <div className="note" role="status">
          <p><strong>{t.done(published.name)}</strong></p>
          <p className="actions"><Link className="button" to={`/models/${published.id}`}>{t.check}</Link> <Link className="button" to="/creator/board">{t.board}</Link></p>
        </div>
      )}
    </section>
  );
}
