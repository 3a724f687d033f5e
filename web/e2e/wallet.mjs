// A wallet for tests: it announces itself as wallets do (EIP-6963), and its key stays in the test's process.
import { createPublicClient, createWalletClient, encodeFunctionData, http, keccak256, parseAbi, parseEther, toBytes } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

const faucetName = "encompute development faucet";

/** injectWallet gives the pages of a browser a wallet with coins and tokens, and returns its address and key. allow is asked before each request and may decline. */
export async function injectWallet(context, host, allow, { tokens = 10_000_000n } = {}) {
  const key = generatePrivateKey();
  const account = privateKeyToAccount(key);
  await fund(account.address, host, { tokens, coins: "1" });
  const { file, chain } = await networkOf(host);
  const client = createWalletClient({ account, chain, transport: http(file.rpc) });
  await context.exposeFunction("testWallet", async (method, params) => {
    if (!allow(method)) return { error: { code: 4001, message: "User rejected the request." } };
    try {
      return { ok: await answer(method, params, client, account, file) };
    } catch (e) {
      return { error: { code: -32000, message: String(e.message) } };
    }
  });
  await context.addInitScript(() => {
    const provider = {
      async request({ method, params }) {
        const r = await globalThis.testWallet(method, params ?? []);
        if (r.error) throw Object.assign(new Error(r.error.message), r.error);
        return r.ok;
      },
    };
    const announce = () =>
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info: { uuid: "test", name: "Test Wallet", icon: "data:,", rdns: "test.wallet" }, provider }) }));
    window.addEventListener("eip6963:requestProvider", announce);
    announce();
  });
  return { address: account.address, key };
}

async function answer(method, params, client, account, file) {
  switch (method) {
    case "eth_requestAccounts": return [account.address];
    case "eth_chainId": return `0x${file.contracts.chainId.toString(16)}`;
    case "personal_sign": return account.signMessage({ message: { raw: params[0] } });
    case "eth_signTypedData_v4": {
      const { types, ...typed } = JSON.parse(params[1]);
      delete types.EIP712Domain;
      return account.signTypedData({ ...typed, types });
    }
    case "eth_sendTransaction": return client.sendTransaction({ to: params[0].to, data: params[0].data });
    default: throw new Error(`the test wallet knows no ${method}`);
  }
}

async function networkOf(host) {
  const file = await (await fetch(`${host}/network.json`)).json();
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  return { file, chain: { id: file.contracts.chainId, name: file.name, nativeCurrency, rpcUrls: { default: { http: [file.rpc] } } } };
}

/** tokensOf is what an account holds of the market's token, in its smallest unit. */
export async function tokensOf(address, host) {
  const { file, chain } = await networkOf(host);
  const reader = createPublicClient({ chain, transport: http(file.rpc) });
  return reader.readContract({ address: file.contracts.token, abi: parseAbi(["function balanceOf(address) view returns (uint256)"]), functionName: "balanceOf", args: [address] });
}

/** fund takes coins from the development chain's faucet and makes tokens, as anybody may there. */
export async function fund(to, host, { tokens = 0n, coins = "0" }) {
  const { file, chain } = await networkOf(host);
  const faucet = privateKeyToAccount(keccak256(toBytes(faucetName)));
  const client = createWalletClient({ account: faucet, chain, transport: http(file.rpc) });
  const reader = createPublicClient({ chain, transport: http(file.rpc) });
  const data = encodeFunctionData({ abi: parseAbi(["function mint(address,uint256)"]), args: [to, tokens] });
  for (const tx of [{ to, value: parseEther(coins) }, { to: file.contracts.token, data }]) {
    await reader.waitForTransactionReceipt({ hash: await client.sendTransaction(tx), pollingInterval: 300 });
  }
}
