// Jobs that nobody answers in time, on a network of their own, whose time is moved: the page brings the money back.
import { startNetwork } from "./network.mjs";
import { active, check, fresh, inspect, order, release, start, testWallet } from "./page.mjs";
import { injectWallet, tokensOf } from "./wallet.mjs";

const had = 10_000_000n;

/** patron is a browser with a wallet, whose job at a network is about to be paid for. */
async function patron(t, network, onPayment) {
  const { context, page } = await fresh(t);
  const { address } = await injectWallet(context, network.url, (method) => {
    if (method === "eth_sendTransaction") onPayment();
    return true;
  }, { tokens: had });
  await order(page, network.url, testWallet);
  return { context, page, holds: () => tokensOf(address, network.url) };
}

/** claim takes the money back on the page that is open, and finds the job refunded in the history. */
async function claim(page, url, amount, name) {
  const button = page.getByRole("button", { name: `Get ${amount} tokens back` });
  await button.and(page.locator(":enabled")).waitFor();
  await inspect(page, `${name}-due`);
  await button.click();
  await page.getByText(`Refunded: ${amount} tokens that were not earned in time are back in your wallet.`).waitFor();
  await inspect(page, `${name}-refunded`);
  await page.goto(`${url}/jobs`);
  await page.locator(".card", { hasText: "refunded" }).waitFor();
  check((await page.locator(".card").count()) === 1, "there are other jobs");
}

/** noWorker pays for a job at whose worker nothing moves any more. */
async function noWorker(t, network) {
  const { context, page, holds } = await patron(t, network, () => network.pauseWorker());
  await page.getByText("you can claim 0.35 tokens back if no worker's receipt comes within 10 min, and the creator's 0.25 if no answer comes within 24 h").waitFor();
  try {
    await start(page);
    await active(page, "The worker runs the encrypted layers");
    await page.getByText("0.35 tokens are in escrow. If no receipt of a worker comes by").waitFor();
    check((await holds()) === had - 350_000n, "the job is not paid");
    await inspect(page, "worker-late");
    check((await page.getByRole("button", { name: /tokens back/ }).count()) === 0, "a refund is offered before its time");
    await network.moveTime(601);
    await claim(page, network.url, "0.35", "worker-late");
  } finally {
    network.resumeWorker();
  }
  check((await holds()) === had, `of ${had} the user has ${await holds()}`);
  await page.locator("tbody tr", { hasText: "0.00" }).waitFor(); // nothing was spent
  await context.close();
}

/** noCreator hands over to a creator who is away for a day. */
async function noCreator(t, network) {
  const { context, page, holds } = await patron(t, network, () => {});
  await network.withoutCreator(async () => {
    await start(page);
    await release(page);
    await active(page, "Wait for the creator");
    await page.getByText("0.25 tokens are in escrow. If no answer of the creator comes by").waitFor();
    await network.moveTime(24 * 3600 + 601);
    await claim(page, network.url, "0.25", "creator-late");
  });
  check((await holds()) === had - 100_000n, "the worker's fee is not what the job cost");
  await page.locator("tbody tr", { hasText: "0.10" }).waitFor();
  await context.close();
}

async function late(t) {
  const network = await startNetwork();
  try {
    await noWorker(t, network);
    await noCreator(t, network);
  } finally {
    await network.stop();
  }
}

export default { "a job that worker or creator does not answer in time is refunded on the page": late };
