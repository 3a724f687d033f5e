// Wallets that decline or are empty: nothing is lost, and the job goes on once they pay.
import { answered, check, fresh, order, release, reopen, resume, start, testWallet } from "./page.mjs";
import { fund, injectWallet } from "./wallet.mjs";

/** failed holds at which step a job ended, and what the user was told. */
async function failed(page, step, says) {
  await page.getByRole("alert").getByText(says).waitFor();
  const at = await page.locator(".step.failed").innerText();
  check(at.includes(step), `it failed at ${at}`);
}

async function declined(t) {
  const { context, page } = await fresh(t);
  let allowed = (method) => method !== "eth_sendTransaction";
  const asked = [];
  await injectWallet(context, t.url, (method) => {
    asked.push(method);
    return allowed(method);
  });
  await order(page, t.url, testWallet);
  await start(page);
  await failed(page, "Pay into escrow", "You declined in the wallet");
  await page.close();
  check(asked.includes("eth_sendTransaction"), "the wallet was not asked");
  allowed = () => true;
  const again = await reopen(context, t.url, "prepared, not paid");
  await resume(again, testWallet);
  await release(again);
  await answered(again);
  await context.close();
}

async function empty(t) {
  const { context, page } = await fresh(t);
  const sent = [];
  context.on("request", (r) => sent.push(`${r.method()} ${r.url()}`));
  const wallet = await injectWallet(context, t.url, () => true, { tokens: 0n });
  await order(page, t.url, testWallet);
  await start(page);
  await failed(page, "Check the price", "fund the wallet with the market's token");
  check(!sent.some((r) => r.startsWith("PATCH")), "something was uploaded for a wallet that cannot pay");
  await fund(wallet.address, t.url, { tokens: 10_000_000n });
  await page.getByRole("button", { name: "Try again" }).click();
  await start(page); // with the input that was given before
  await release(page);
  await answered(page);
  await context.close();
}

export default {
  "a wallet that declines pays nothing, and may agree later": declined,
  "an empty wallet is told so, and the job goes on once it is filled": empty,
};
