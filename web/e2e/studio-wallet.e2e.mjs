// A creator with a wallet of the browser: it signs in, publishes, is paid and declines, and its key is never the page's.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, makeFile, startAgent, wait } from "./agent.mjs";
import { root } from "./browser.mjs";
import { check, connect, fresh, inspect, testWallet } from "./page.mjs";
import { injectWallet, tokensOf } from "./wallet.mjs";

const example = join(root, "creator", "draft", "testdata", "residual");
const files = ["model.onnx", "model.json", "rows.csv"].map((f) => join(example, f));
const cut = "stem/square+block/square"; // around which the skip goes

/** offer gives a model with a residual block, and offers a cut inside of it that was planned for that. */
async function offer(page, url) {
  await page.goto(`${url}/creator`);
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.locator(".facts dd", { hasText: "2 inputs" }).waitFor(); // the last file was read
  await page.getByText("Also possible: 3 cuts that several tensors cross").click();
  await page.getByRole("button", { name: `Plan ${cut}`, exact: true }).click();
  const row = page.locator(".joined .segment", { hasText: `Offer a cut after ${cut}` });
  await row.locator(".plan").waitFor();
  check((await page.locator(".segment .plan").count()) === 1, "more was planned than was asked for");
  await row.getByRole("checkbox").check();
  await page.getByLabel("Price of an answer, in tokens").fill("0.5");
  await inspect(page, "publish-joined");
}

/** publish declines in the wallet at first, and returns the model's id. */
async function publish(page, wallet, url) {
  const seal = page.getByRole("button", { name: "Seal and publish" });
  wallet.declines = "eth_sendTransaction";
  await connect(page, testWallet);
  await seal.click();
  await page.getByRole("alert").getByText("You declined in the wallet").waitFor();
  wallet.declines = undefined;
  await seal.click();
  await page.getByRole("status").getByText("is published").waitFor();
  const look = await page.getByRole("link", { name: "Look at it as users do" }).getAttribute("href");
  return new URL(look, url).pathname.split("/").at(-1);
}

/** again gives the model that was unpublished once more, and publishes it again. */
async function again(page, url) {
  await offer(page, url);
  await connect(page, testWallet);
  await page.getByRole("button", { name: "Seal and publish" }).click();
  await page.getByText("You published exactly this before and unpublished it").waitFor();
  await inspect(page, "unpublished");
  await page.getByRole("button", { name: "Publish it again" }).click();
  await page.getByRole("status").getByText("is published").waitFor();
}

/** earn waits until the job is paid for on the board and withdraws, declining first. */
async function earn(page, wallet, url, agent) {
  const withdraw = page.getByRole("button", { name: "Withdraw" });
  await wait("the creator's fee is not credited", () => withdraw.isEnabled(), agent);
  const before = await tokensOf(wallet.address, url);
  wallet.declines = "eth_sendTransaction";
  await withdraw.click();
  await page.getByRole("alert").getByText("You declined in the wallet").waitFor();
  check((await tokensOf(wallet.address, url)) === before, "something was withdrawn without a signature");
  wallet.declines = undefined;
  await withdraw.click();
  await page.getByText("Nothing to withdraw yet").waitFor();
  const got = (await tokensOf(wallet.address, url)) - before;
  check(got === 495_000n, `${got} units were withdrawn, not half a token less the market's hundredth`);
}

async function whole(t) {
  const { context, page } = await fresh(t);
  const asked = new Set();
  const wallet = { declines: undefined };
  Object.assign(wallet, await injectWallet(context, t.url, (method) => {
    asked.add(method);
    return method !== wallet.declines;
  }));
  await offer(page, t.url);
  const model = await publish(page, wallet, t.url);
  await makeFile(page);
  check((await page.locator(".command code").innerText()).includes("--key-file creator.key"), "the command does not name the key");
  const folder = mkdtempSync(join(tmpdir(), "creator-"));
  writeFileSync(join(folder, "creator.key"), wallet.key.slice(2), { mode: 0o600 }); // as the page says: exported from the wallet
  const agent = await startAgent(page, folder);
  try {
    await page.getByRole("link", { name: "Go to the board" }).click();
    await wait("the agent is not online", () => page.locator(".agent-state:not(.off)").isVisible(), agent);
    const label = await ask(t.url, folder, "--model", model, "--cut", cut, "--input", files[2], "--beyond-budget");
    check(["low", "high"].includes(label), `the user's answer is ${label}`);
    await page.locator("tbody tr", { hasText: "answered" }).waitFor();
    await earn(page, wallet, t.url, agent);
    await inspect(page, "board-wallet");
    page.once("dialog", (d) => void d.accept());
    await page.getByRole("button", { name: "Unpublish" }).click();
    await page.getByText("takes no jobs").waitFor();
    await again(page, t.url);
    await page.getByRole("link", { name: "Go to the board" }).click();
    page.once("dialog", (d) => void d.accept());
    await page.getByRole("button", { name: "Unpublish" }).click();
    await page.getByText("takes no jobs").waitFor();
  } finally {
    await agent.end();
  }
  for (const method of ["personal_sign", "eth_sendTransaction"]) check(asked.has(method), `the wallet was not asked for ${method}`);
  await context.close();
}

export default { "a creator with a wallet of the browser publishes where two tensors cross, and withdraws": whole };
