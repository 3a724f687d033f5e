import type { BoardModel, CreatorJob } from "../../creator.ts";
import { date, seconds, short, tokens } from "../../format.ts";
import { Link } from "../../router.tsx";
import { creator } from "../../text/creator.ts";

const t = creator.board;

/** earned is what a creator gets of a fee. */
export function earned(fee: string, feeBps: number): bigint {
  return BigInt(fee) - (BigInt(fee) * BigInt(feeBps)) / 10_000n;
}

export interface Totals { waiting: number; running: number; answered: number; failed: number; earned: string; pending: string }

/** totals counts jobs by who they wait for, and adds up what they earn. */
export function totals(jobs: CreatorJob[]): Totals {
  const n = (states: string[]) => jobs.filter((j) => states.includes(j.state)).length;
  const sum = (escrows: string[]) =>
    jobs.filter((j) => escrows.includes(j.escrow)).reduce((a, j) => a + earned(j.fee, j.feeBps), 0n).toString();
  return {
    waiting: n(["released"]), running: n(["posted", "queued", "running", "computed"]), answered: n(["delivered"]), failed: n(["failed", "refunded"]),
    earned: sum(["delivered"]), pending: sum(["posted", "computed", "claimed", "contested"]),
  };
}

/** between is how long a job stayed from one state to another; nothing if it did not. */
function between(j: CreatorJob, from: string, to: string): string {
  const at = (s: string) => j.history.find((h) => h.state === s)?.time;
  const [a, b] = [at(from), at(to)];
  return a && b ? seconds(Math.max(0, Date.parse(b) - Date.parse(a)) / 1000) : "–";
}

export function JobTable({ jobs, models }: { jobs: CreatorJob[]; models: BoardModel[] }) {
  const c = t.columns;
  const cutOf = (j: CreatorJob) => {
    const m = models.find((x) => x.id === j.model);
    return m ? `${m.name} · ${m.cuts.find((x) => x.index === j.cut)?.layer ?? j.cut}` : short(j.model);
  };
  return (
    <div className="table" role="region" aria-label={t.jobsTable} tabIndex={0}>
      <table>
        <thead><tr>{[c.job, c.state, c.cut, c.fee, c.added, c.worker, c.agent].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>
          {jobs.map((j) => (
            <tr key={j.id}>
              <th scope="row"><Link to={`/explore/${j.id}`}>{short(j.id)}</Link></th>
              <td>{t.states[j.state] ?? j.state}<br /><span className="why">{j.failure?.detail ?? t.escrow[j.escrow] ?? j.escrow}</span></td>
              <td>{cutOf(j)}</td>
              <td>{tokens(j.fee)}</td>
              <td>{date(j.added)}</td>
              <td>{j.elapsedMs === undefined ? "–" : seconds(j.elapsedMs / 1000)}</td>
              <td>{between(j, "released", "delivered")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
