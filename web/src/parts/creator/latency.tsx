import type { CreatorJob } from "../../creator.ts";
import { seconds } from "../../format.ts";
import { creator } from "../../text/creator.ts";

const t = creator.board;
const shown = 40;
const width = 640;
const height = 200;
const edge = { left: 82, right: 12, top: 14, bottom: 30 };

export interface Wait { agent: number; worker: number | undefined }

/** waits are how long the answered jobs took, the oldest first: the agent from release to answer, the worker by its clock. */
export function waits(jobs: CreatorJob[]): Wait[] {
  return jobs.flatMap((j) => {
    const at = (state: string) => j.history.find((h) => h.state === state)?.time;
    const [from, to] = [at("released"), at("delivered")];
    if (!from || !to) return [];
    return [{ agent: Math.max(0, Date.parse(to) - Date.parse(from)) / 1000, worker: j.elapsedMs === undefined ? undefined : j.elapsedMs / 1000 }];
  }).reverse();
}

export function median(list: number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const mid = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[mid] ?? 0) : ((sorted[mid - 1] ?? 0) + (sorted[mid] ?? 0)) / 2;
}

/** ceiling is a round number above all. */
export function ceiling(v: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(v, 1e-3)));
  return ([1, 2, 5, 10].find((m) => m * power >= v) ?? 10) * power;
}

/** Latency plots how long users waited, and says it in words. */
export function Latency({ jobs }: { jobs: CreatorJob[] }) {
  const list = waits(jobs).slice(-shown);
  if (list.length === 0) return <p>{t.latencyNone}</p>;
  const agent = list.map((w) => w.agent);
  const worker = list.flatMap((w) => (w.worker === undefined ? [] : [w.worker]));
  const top = ceiling(Math.max(...agent, ...worker));
  const x = (i: number) => edge.left + ((i + 0.5) * (width - edge.left - edge.right)) / list.length;
  const y = (v: number) => height - edge.bottom - (v / top) * (height - edge.top - edge.bottom);
  const words = `${t.latencyText(list.length, seconds(median(agent)), seconds(Math.max(...agent)))}${worker.length > 0 ? ` ${t.latencyWorker(seconds(median(worker)))}` : ""}`;
  return (
    <figure className="latency">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="latency-title latency-words">
        <title id="latency-title">{t.latency}</title>
        <desc id="latency-words">{words}</desc>
        {[0, 0.5, 1].map((s) => (
          <g key={s}>
            <line className="grid" x1={edge.left} x2={width - edge.right} y1={y(s * top)} y2={y(s * top)} />
            <text x={edge.left - 6} y={y(s * top) + 4} textAnchor="end">{s === 0 ? "0" : seconds(s * top)}</text>
          </g>
        ))}
        <text x={edge.left} y={height - 8}>{t.latencyOld}</text>
        <text x={width - edge.right} y={height - 8} textAnchor="end">{t.latencyNew}</text>
        {list.map((w, i) => w.worker !== undefined && <rect key={`w${x(i)}`} className="worker" x={x(i) - 4} y={y(w.worker) - 4} width="8" height="8" />)}
        {list.map((w, i) => <circle key={`a${x(i)}`} className="agent" cx={x(i)} cy={y(w.agent)} r="4.5" />)}
      </svg>
      <figcaption>
        <span className="key agent" aria-hidden="true" /> {t.agentLegend}; <span className="key worker" aria-hidden="true" /> {t.workerLegend}. {words}
      </figcaption>
    </figure>
  );
}
