import { useEffect, useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useShared } from "../context.tsx";
import type { Draft, Planned, Published } from "../creator.ts";
import { Failure, Loading, Page } from "../parts/basics.tsx";
import { Bundle } from "../parts/creator/bundle.tsx";
import { CardEditor } from "../parts/creator/card.tsx";
import { Cuts, offerable } from "../parts/creator/cuts.tsx";
import { Give } from "../parts/creator/give.tsx";
import { Go } from "../parts/creator/go.tsx";
import { Joined } from "../parts/creator/joined.tsx";
import { Offers, unitsOf } from "../parts/creator/offers.tsx";
import { CreatorNav } from "../parts/creator/nav.tsx";
import { creator } from "../text/creator.ts";

const t = creator.publish;
const firstPrice = "0.25";

/** usePlans plans cuts of a draft, one after another, those that are offered first, and forgets the plans when it changes. */
function usePlans(draft: Draft | undefined) {
  const { client } = useShared();
  const [plans, set] = useState<Map<string, Planned>>(new Map());
  const [order, setOrder] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  useEffect(() => client.listen((kind, data) => {
    if (kind === "cut") set((m) => new Map(m).set((data as Planned).layer, data as Planned));
  }), [client]);
  const plan = async (layers: string[]) => {
    setBusy(true);
    setFault(undefined);
    setOrder(layers);
    try {
      await client.call("plan", { cuts: layers });
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  const start = (first: string[]) => {
    set(new Map());
    const layers = draft?.cuts.filter((c) => c.encryptable).map((c) => c.layer) ?? [];
    void plan([...first, ...layers.filter((l) => !first.includes(l))]);
  };
  const left = order.filter((l) => !plans.has(l));
  return {
    plans, busy, fault, next: left[0], done: order.length - left.length, all: order.length, start, one: (layer: string) => void plan([layer]),
    stop: () => void client.call("stop", null), forget: () => set(new Map()),
  };
}

export function Publish() {
  const { client } = useShared();
  const [draft, setDraft] = useState<Draft>();
  const [prices, setPrices] = useState<Map<string, string>>(new Map());
  const [limit, setLimit] = useState(0);
  const [published, setPublished] = useState<Published>();
  const plan = usePlans(draft);
  useEffect(() => {
    client.call("draft", null).then((d) => d.file && setDraft(d), () => {});
  }, [client]);
  const change = (d: Draft) => {
    setDraft(d);
    plan.forget();
    setPublished(undefined);
    setPrices((was) => new Map([...was].filter(([layer]) => offerable(d).some((c) => c.layer === layer))));
  };
  const toggle = (layer: string) => setPrices((was) => {
    const next = new Map(was);
    if (!next.delete(layer)) next.set(layer, firstPrice);
    return next;
  });
  const offers = () => [...prices].map(([layer, tokens]) => ({ layer, price: unitsOf(tokens) ?? "0" }));
  const ready = Boolean(draft?.file) && !draft?.checks.some((c) => c.status === "failed") && prices.size > 0 && [...prices.values()].every((p) => unitsOf(p));
  return (
    <Page title={t.title} lead={t.lead}>
      <CreatorNav at="publish" />
      <div className="order">
        <Give draft={draft} set={change} />
        {draft?.file && (
          <>
            <CardEditor draft={draft} set={change} />
            <section aria-labelledby="cuts">
              <h2 id="cuts">{t.cuts.title}</h2>
              <p>{t.cuts.lead}</p>
              <p className="actions">
                <button type="button" className="primary" disabled={plan.busy} onClick={() => plan.start([...prices.keys()])}>{plan.plans.size > 0 ? t.cuts.again : t.cuts.plan}</button>
                {plan.busy && <button type="button" onClick={plan.stop}>{t.cuts.stop}</button>}
              </p>
              {plan.busy && plan.next && <Loading what={t.cuts.planning(plan.next, plan.done, plan.all)} />}
              {plan.fault && <Failure fault={plan.fault} />}
              <Cuts draft={draft} plans={plan.plans} chosen={new Set(prices.keys())} toggle={toggle} />
              <Joined draft={draft} plans={plan.plans} chosen={new Set(prices.keys())} busy={plan.busy} toggle={toggle} plan={plan.one} />
            </section>
            <Offers draft={draft} set={change} plans={plan.plans} prices={prices} price={(l, p) => setPrices((m) => new Map(m).set(l, p))} limit={limit} setLimit={setLimit} />
            <Go ready={ready} offers={offers} limit={limit} published={published} setPublished={setPublished} />
            {published && <Bundle title={creator.bundle.title} id={published.id} name={published.name} account={published.account} />}
          </>
        )}
      </div>
    </Page>
  );
}
