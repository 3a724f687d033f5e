// Where a job's money is: when it can be claimed back if nobody answers, and claiming it.
import { useCallback, useEffect, useState } from "react";
import { useAttempt, useShared } from "../context.tsx";
import { date, seconds, sum, tokens } from "../format.ts";
import { text } from "../text.ts";
import type { Money, Quote } from "../types.ts";
import { Failure } from "./basics.tsx";

const everyMs = 4000;
const returned = ["refunded", "undelivered"];

/** isRefunded tells whether the chain gave back what was not earned, by the name of a job's escrow. */
export function isRefunded(escrow: string | undefined): boolean {
  return escrow !== undefined && returned.includes(escrow);
}

/** due tells whether a deadline passed unmet, by the chain's time, so that the market gives back what was not earned. */
export function due(m: Money): boolean {
  return m.refundAfter > 0 && m.now > m.refundAfter;
}

/** useMoney follows a job's money until it is where it stays. */
export function useMoney(job: string | undefined) {
  const { client } = useShared();
  const [money, set] = useState<Money>();
  useEffect(() => {
    set(undefined);
    if (!job) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let here = true;
    const again = async () => {
      const m = await client.call("money", { job }).catch(() => undefined); // the next time, then
      if (!here) return;
      if (m) set(m);
      if (!m || (m.escrow !== "delivered" && !isRefunded(m.escrow))) timer = setTimeout(() => void again(), everyMs);
    };
    void again();
    return () => { here = false; clearTimeout(timer); };
  }, [client, job]);
  const refund = useCallback(async () => {
    if (job) set(await client.call("refund", { job }));
  }, [client, job]);
  return { money, refund };
}

/** IfNobodyAnswers tells before the payment when it can be claimed back. */
export function IfNobodyAnswers({ quote: q }: { quote: Quote }) {
  return <>{text.money.before(seconds(q.receiptSeconds), tokens(q.total), seconds(q.answerSeconds), tokens(q.creator))}</>;
}

function sentence(m: Money): string {
  const t = text.money;
  if (isRefunded(m.escrow)) return m.credit === "0" ? t.back(tokens(m.amount)) : t.credited(tokens(m.amount));
  if (due(m)) return t.due(tokens(m.amount));
  if (m.refundAfter > 0) return t.waits(tokens(m.amount), t.what[m.escrow] ?? m.escrow, date(m.refundAfter), seconds(m.refundAfter - m.now));
  return t.escrow[m.escrow] ?? "";
}

/** MoneyPanel shows a job's money. */
export function MoneyPanel({ money: m, refund }: { money: Money | undefined; refund(): Promise<void> }) {
  const { client, balance, setBalance } = useShared();
  const { busy, fault, attempt } = useAttempt();
  const t = text.money;
  if (!m || m.escrow === "none") return null;
  const claim = () => attempt(async () => {
    await refund();
    setBalance(await client.call("balance", null));
  });
  const owed = due(m) ? sum([m.amount, m.credit]) : isRefunded(m.escrow) ? m.credit : "0";
  return (
    <section aria-labelledby="money" className="money">
      <h2 id="money">{t.title}</h2>
      <p role="status">{sentence(m)}</p>
      {owed !== "0" && (
        <p>
          <button type="button" className="primary" disabled={!balance || busy} onClick={() => void claim()}>{busy ? t.claiming : t.claim(tokens(owed))}</button>
          {!balance && <span className="why"> {t.connect}</span>}
        </p>
      )}
      {fault && <Failure fault={fault} />}
    </section>
  );
}
