// One program in its Web Worker, opened on the network: the user's client, or the creators' program on their pages.
import { useEffect, useRef, useState } from "react";
import { Client, Fault, startWorker } from "./client.ts";
import { toFault } from "./context.tsx";
import type { Balance, Network, NetworkFile } from "./types.ts";
import type { Program } from "./worker/messages.ts";

export interface Session { client: Client; file?: NetworkFile; network?: Network; balance: Balance | null; fault?: Fault }

async function networkFile(): Promise<NetworkFile> {
  const r = await fetch("/network.json");
  if (!r.ok) throw new Fault(`the host does not say which network it is on: ${r.status}`);
  return (await r.json()) as NetworkFile;
}

/** useSession starts a program when it is first asked for, and keeps it, with its wallet, for as long as the tab lives. */
export function useSession(program: Program): { session: Session | undefined; setBalance(b: Balance | null): void } {
  const started = useRef(new Set<Program>());
  const [sessions, set] = useState<Partial<Record<Program, Session>>>({});
  const change = (of: Program, by: Partial<Session>) => set((all) => {
    const was = all[of];
    return was ? { ...all, [of]: { ...was, ...by } } : all;
  });
  useEffect(() => {
    if (started.current.has(program)) return;
    started.current.add(program);
    const client = new Client(startWorker(program));
    set((all) => ({ ...all, [program]: { client, balance: null } }));
    void (async () => {
      try {
        const file = await networkFile();
        change(program, { file });
        change(program, { network: await client.call("open", { host: location.origin, network: file }) });
      } catch (e) {
        change(program, { fault: toFault(e) });
      }
    })();
  }, [program]);
  return { session: sessions[program], setBalance: (balance) => change(program, { balance }) };
}
