import { describe, expect, it, vi } from "vitest";
import { text } from "./text.ts";
import { connect, discover, type Found, handlers, type Provider } from "./wallet.ts";

function provider(answers: Record<string, unknown>): Provider & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    async request(r) {
      asked.push([r.method, ...(r.params ?? [])]);
      const a = answers[r.method];
      if (a instanceof Error) throw a;
      return typeof a === "function" ? (a as () => unknown)() : a;
    },
  };
}

describe("wallets", () => {
  it("finds those that announce themselves, once each, and leaves out what is none", () => {
    let found: Found[] = [];
    const leave = discover((f) => { found = f; });
    const p = provider({});
    for (const detail of [{ info: { uuid: "a", name: "A" }, provider: p }, { info: { uuid: "a", name: "A" }, provider: p }, {}, { info: { uuid: "b" } }]) {
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    }
    leave();
    expect(found.map((f) => f.name)).toEqual(["A"]);
  });

  it("connects on the right chain", async () => {
    const p = provider({ eth_requestAccounts: ["0xAB"], eth_chainId: "0x539" });
    expect(await connect(p, 1337)).toBe("0xab");
  });

  it("has the wallet switch, and refuses if it does not", async () => {
    const chains = ["0x1", "0x539"];
    expect(await connect(provider({ eth_requestAccounts: ["0xab"], eth_chainId: () => chains.shift() }), 1337)).toBe("0xab");
    const stubborn = provider({ eth_requestAccounts: ["0xab"], eth_chainId: "0x1" });
    await expect(connect(stubborn, 1337)).rejects.toThrow(text.wallet.wrongChain(1337));
    expect(stubborn.asked).toContainEqual(["wallet_switchEthereumChain", { chainId: "0x539" }]);
  });

  it("says plainly that the user declined", async () => {
    const declined = Object.assign(new Error("User rejected"), { code: 4001 });
    const h = handlers(provider({ eth_sendTransaction: declined, personal_sign: "0x12" }));
    await expect(h.send({ from: "0x1", to: "0x2", data: "0x" })).rejects.toThrow(text.wallet.rejected);
    expect(await h.signText({ address: "0x1", text: "hé" })).toBe("0x12");
  });

  it("signs text as UTF-8", async () => {
    const p = provider({ personal_sign: "0x" });
    await handlers(p).signText({ address: "0x1", text: "é" });
    expect(p.asked).toEqual([["personal_sign", "0xc3a9", "0x1"]]);
    vi.restoreAllMocks();
  });
});
