import { useCallback, useEffect, useState } from "react";
import type { Fault } from "../client.ts";
import { toFault, useShared } from "../context.tsx";
import type { Board, CreatorJob } from "../creator.ts";
import { tokens } from "../format.ts";
import { Facts, Failure, Loading, Page } from "../parts/basics.tsx";
import { JobTable, totals } from "../parts/creator/jobs.tsx";
import { Latency } from "../parts/creator/latency.tsx";
import { Models } from "../parts/creator/models.tsx";
import { CreatorNav } from "../parts/creator/nav.tsx";
import { WalletPanel } from "../parts/wallet.tsx";
import { creator } from "../text/creator.ts";

const t = creator.board;
const everyMs = 4000;

interface State { board: Board; jobs: CreatorJob[]; next: number }

/** useBoard keeps what host and chain tell up to date while the tab is looked at. */
function useBoard(account: string | undefined) {
  const { client } = useShared();
  const [state, set] = useState<State>();
  const [fault, setFault] = useState<Fault>();
  const load = useCallback(async () => {
    try {
      const [board, page] = [await client.call("board", null), await client.call("creatorJobs", { before: 0 })];
      set({ board, jobs: page.jobs, next: page.next });
      setFault(undefined);
    } catch (e) {
      setFault(toFault(e));
    }
  }, [client]);
  useEffect(() => {
    set(undefined);
    setFault(undefined);
    if (!account) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let here = true;
    const again = async () => {
      if (!document.hidden) await load();
      if (here) timer = setTimeout(() => void again(), everyMs);
    };
    void again();
    return () => { here = false; clearTimeout(timer); };
  }, [account, load]);
  return { state, fault, again: () => void load() };
}

function Money({ state, changed }: { state: State; changed(): void }) {
  const { client, setBalance } = useShared();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const sums = totals(state.jobs);
  const withdraw = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await client.call("withdraw", null);
      setBalance(await client.call("balance", null));
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
      changed();
    }
  };
  const none = BigInt(state.board.credit) === 0n;
  return (
    <section aria-labelledby="money">
      <h2 id="money">{t.money}</h2>
      <h3>{t.credit}</h3>
      <p className="figure">{tokens(state.board.credit)} <small>tokens</small></p>
      <p><button type="button" className="primary" disabled={busy || none} onClick={() => void withdraw()}>{busy ? t.withdrawing : t.withdraw}</button></p>
      {none && <p className="why">{t.nothing}</p>}
      {fault && <Failure fault={fault} />}
      <Facts list={[[t.earned, `${tokens(sums.earned)} tokens`], [t.pending, `${tokens(sums.pending)} tokens`]]} />
    </section>
  );
}

function Queue({ state }: { state: State }) {
  const sums = totals(state.jobs);
  const online = state.board.models.some((m) => m.online);
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">{t.queue}</h2>
      <p className={online ? "agent-state" : "agent-state off"} role="status">{online ? t.agentOnline : t.agentOffline}</p>
      {online && <p className="why">{t.agentWhy}</p>}
      <Facts list={[[t.waiting, String(sums.waiting)], [t.running, String(sums.running)], [t.answered, String(sums.answered)], [t.failed, String(sums.failed)]]} />
    </section>
  );
}

/** useEarlier loads pages of earlier jobs. */
function useEarlier(state: State) {
  const { client } = useShared();
  const [earlier, set] = useState<{ jobs: CreatorJob[]; next: number }>();
  const next = earlier ? earlier.next : state.next;
  const more = async () => {
    const page = await client.call("creatorJobs", { before: next });
    set((was) => ({ jobs: [...(was?.jobs ?? []), ...page.jobs], next: page.next }));
  };
  const known = new Set(state.jobs.map((j) => j.id));
  return { jobs: [...state.jobs, ...(earlier?.jobs.filter((j) => !known.has(j.id)) ?? [])], next, more: () => void more().catch(() => {}) };
}

function Shown({ state, changed }: { state: State; changed(): void }) {
  const { jobs, next, more } = useEarlier(state);
  return (
    <>
      <p className="why">{t.live}</p>
      <div className="columns"><Money state={state} changed={changed} /><Queue state={state} /></div>
      <Models board={state.board} jobs={jobs} changed={changed} />
      <section aria-labelledby="waits">
        <h2 id="waits">{t.latency}</h2>
        <Latency jobs={jobs} />
      </section>
      <section aria-labelledby="latest">
        <h2 id="latest">{t.jobs}</h2>
        {jobs.length === 0 ? <p>{t.noJobs}</p> : <JobTable jobs={jobs} models={state.board.models} />}
        {next > 0 && <p><button type="button" onClick={more}>{t.more}</button></p>}
      </section>
    </>
  );
}

export function BoardPage() {
  const { balance } = useShared();
  const { state, fault, again } = useBoard(balance?.address);
  return (
    <Page title={t.title} lead={t.lead}>
      <CreatorNav at="board" />
      {!balance && <p>{t.connect}</p>}
      <WalletPanel />
      {fault && <Failure fault={fault} again={again} />}
      {balance && !state && !fault && <Loading />}
      {state && <Shown state={state} changed={again} />}
    </Page>
  );
}
