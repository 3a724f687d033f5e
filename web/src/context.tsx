// What all pages share: the client, the network, and the wallet.
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { type Client, Fault } from "./client.ts";
import type { Balance, Network, NetworkFile } from "./types.ts";

export interface Shared {
  client: Client;
  file: NetworkFile;
  network: Network;
  balance: Balance | null;
  setBalance(b: Balance | null): void;
}

export const SharedContext = createContext<Shared | null>(null);

export function useShared(): Shared {
  const s = useContext(SharedContext);
  if (!s) throw new Error("no client above this page");
  return s;
}

/** simulatedNetwork tells whether the network's policy accepts evidence of a simulator. */
export function simulatedNetwork(f: NetworkFile): boolean {
  return Boolean(f.policy.insecureSimulatorRootPem);
}

export function toFault(e: unknown): Fault {
  return e instanceof Fault ? e : new Fault(e instanceof Error ? e.message : String(e));
}

export interface Loaded<T> { value: T | undefined; fault: Fault | undefined; again(): void }

/** useLoaded loads something when the page is shown, and again when asked. */
export function useLoaded<T>(load: () => Promise<T>, deps: unknown[]): Loaded<T> {
  const [state, set] = useState<{ value?: T; fault?: Fault }>({});
  const [turn, setTurn] = useState(0);
  const run = useCallback(load, deps);
  useEffect(() => {
    let here = true;
    set({});
    run().then(
      (value) => here && set({ value }),
      (e: unknown) => here && set({ fault: toFault(e) }),
    );
    return () => { here = false; };
  }, [run, turn]);
  return { value: state.value, fault: state.fault, again: () => setTurn((n) => n + 1) };
}

/** useAttempt does one thing at a time and tells what went wrong with the last. */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setFault(undefined);
    try {
      await act();
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  return { busy, fault, attempt };
}

/** download hands a document to the person as a file. */
export function download(name: string, document: unknown) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document, null, 2)], { type: "application/json" }));
  const a = window.document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** read reads a file whole. */
export async function read(f: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await f.arrayBuffer());
}
