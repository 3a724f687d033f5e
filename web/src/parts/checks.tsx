import { download } from "../context.tsx";
import { date } from "../format.ts";
import { text } from "../text.ts";
import type { Check, Verdict } from "../types.ts";
import { Facts, Id, Simulated } from "./basics.tsx";

const marks = { passed: "✓", failed: "✗", skipped: "–" } as const;

/** Checks lists checks by name. A mark is shown for a check's own result and for nothing else. */
export function Checks({ list, open = false }: { list: Check[]; open?: boolean }) {
  const count = (s: Check["status"]) => list.filter((c) => c.status === s).length;
  return (
    <details className="checks" open={open || count("failed") > 0}>
      <summary>{text.checks.title}: {text.checks.summary(count("passed"), count("failed"), count("skipped"))}</summary>
      <ol>{list.map((c, i) => <CheckItem key={c.name} check={c} at={i} />)}</ol>
    </details>
  );
}

function CheckItem({ check: c, at }: { check: Check; at: number }) {
  const rows: [string, string | undefined][] = [
    [text.checks.expected, c.expected], [text.checks.got, c.got], [text.checks.why, c.why], [text.checks.remedy, c.remedy],
  ];
  const told = rows.filter((r): r is [string, string] => Boolean(r[1]));
  return (
    <li className={`check ${c.status}`} style={{ animationDelay: `${Math.min(at, 30) * 40}ms` }}>
      <span className="mark" aria-hidden="true">{marks[c.status]}</span>
      <div>
        <code>{c.name}</code> <span className="status">{text.checks.status[c.status]}</span>
        {told.length > 0 && <dl>{told.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>}
      </div>
    </li>
  );
}

/** VerdictView is a verdict whole: its outcome, what it says, and what it does not prove. */
export function VerdictView({ verdict: v, name, open }: { verdict: Verdict; name: string; open?: boolean }) {
  const t = text.workers;
  const w = v.workload;
  const measured: [string, string | undefined][] = [
    ["MRTD", w.mrtd], ["RTMR0", w.rtmr0], ["RTMR1", w.rtmr1], ["RTMR2", w.rtmr2], ["compose hash", w.composeHash], ["key provider", w.keyProvider],
  ];
  return (
    <div className={`verdict ${v.ok ? "good" : "bad"}`}>
      <p className="outcome">
        <strong>{v.ok ? t.accepted : t.refused}</strong> {v.simulated && <Simulated />}
      </p>
      <Facts
        list={[
          ...(v.tcbStatus ? [[t.tcb, `${v.tcbStatus}${v.tcbDate ? ` ${t.tcbDate} ${date(v.tcbDate)}` : ""}`] as [string, string]] : []),
          ...(v.advisories?.length ? [[t.advisories, v.advisories.join(", ")] as [string, string]] : []),
          ...(v.verifiedAt ? [[t.verifiedAt, date(v.verifiedAt)] as [string, string]] : []),
          ...(v.expiresAt ? [[t.expires, date(v.expiresAt)] as [string, string]] : []),
        ]}
      />
      <Checks list={v.checks ?? []} open={open ?? false} />
      {v.notProven && v.notProven.length > 0 && (
        <details open>
          <summary>{t.notProven}</summary>
          <ul>{v.notProven.map((s) => <li key={s}>{s}</li>)}</ul>
        </details>
      )}
      {measured.some(([, x]) => x) && (
        <details>
          <summary>{t.measurements}</summary>
          <Facts list={measured.flatMap(([k, x]) => (x ? [[k, <Id key={k} value={x} />] as [string, React.ReactNode]] : []))} />
        </details>
      )}
      <button type="button" onClick={() => download(`verdict-${name}.json`, v)}>{t.export}</button>
    </div>
  );
}
