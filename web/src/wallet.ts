// The browser's wallets (EIP-1193), found by EIP-6963, and what they are asked.
import { text } from "./text.ts";

export interface Provider { request(r: { method: string; params?: unknown[] }): Promise<unknown> }
export interface Found { id: string; name: string; provider: Provider }

/** discover lists the wallets that announce themselves, else the one that sits in window.ethereum. */
export function discover(listener: (found: Found[]) => void): () => void {
  const found = new Map<string, Found>();
  const tell = () => {
    const old = (window as { ethereum?: Provider }).ethereum;
    listener(found.size || !old ? [...found.values()] : [{ id: "injected", name: "the browser's wallet", provider: old }]);
  };
  const hear = (e: Event) => {
    const d = (e as CustomEvent<{ info?: { uuid?: string; name?: string }; provider?: Provider }>).detail;
    if (!d?.provider || typeof d.info?.uuid !== "string") return;
    found.set(d.info.uuid, { id: d.info.uuid, name: String(d.info.name ?? "wallet").slice(0, 60), provider: d.provider });
    tell();
  };
  window.addEventListener("eip6963:announceProvider", hear);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  tell();
  return () => window.removeEventListener("eip6963:announceProvider", hear);
}

const rejectedByUser = 4001;

/** request asks a wallet and says plainly if its owner declined. */
async function request(p: Provider, method: string, params: unknown[] = []): Promise<unknown> {
  try {
    return await p.request({ method, params });
  } catch (e) {
    const f = e as { code?: number; message?: string };
    throw new Error(f.code === rejectedByUser ? text.wallet.rejected : (f.message ?? String(e)));
  }
}

/** connect returns the account that the wallet gives this page, on the given chain. */
export async function connect(p: Provider, chainId: number): Promise<string> {
  const accounts = await request(p, "eth_requestAccounts");
  const account = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof account !== "string") throw new Error(text.wallet.rejected);
  const want = `0x${chainId.toString(16)}`;
  if (String(await request(p, "eth_chainId")).toLowerCase() !== want) {
    await request(p, "wallet_switchEthereumChain", [{ chainId: want }]);
    if (String(await request(p, "eth_chainId")).toLowerCase() !== want) throw new Error(text.wallet.wrongChain(chainId));
  }
  return account.toLowerCase();
}

/** handlers are how a wallet answers the worker's questions. */
export function handlers(p: Provider) {
  return {
    sign: async (q: { address: string; typed: object }) =>
      String(await request(p, "eth_signTypedData_v4", [q.address, JSON.stringify(q.typed)])),
    signText: async (q: { address: string; text: string }) => {
      const hex = [...new TextEncoder().encode(q.text)].map((b) => b.toString(16).padStart(2, "0")).join("");
      return String(await request(p, "personal_sign", [`0x${hex}`, q.address]));
    },
    send: async (q: { from: string; to: string; data: string }) => String(await request(p, "eth_sendTransaction", [q])),
  };
}
