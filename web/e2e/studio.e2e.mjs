// A creator's way: publish in the tab, start the agent as the page says, answer a user, take the money, stop.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, makeFile, startAgent, wait } from "./agent.mjs";
import { root } from "./browser.mjs";
import { check, connect, fresh, inspect, throwaway } from "./page.mjs";

const example = join(root, "examples", "tab-wdbc");
const files = ["model.onnx", "model.json", "release.json", "wdbc.csv"].map((f) => join(example, f));

/** secretsOf are what of the model must not leave the tab: weights, in pieces as they stand in the file. */
function secretsOf(model) {
  const pieces = [];
  for (let at = 4096; at + 32 <= model.length; at += Math.floor(model.length / 40)) {
    const piece = model.subarray(at, at + 32);
    if (new Set(piece).size > 16) pieces.push(piece);
  }
  check(pieces.length > 10, "the model has nothing to search for");
  return pieces;
}

async function give(page, url) {
  await page.goto(`${url}/creator`);
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.locator(".facts dd", { hasText: "16 inputs" }).waitFor(); // the last file was read
  await page.locator(".check.passed", { hasText: "Release poly1" }).waitFor();
  check((await page.locator(".check.failed").count()) === 0, "a complete example is not ready");
}

async function publish(page) {
  await page.getByRole("button", { name: "Plan the cuts" }).click();
  await page.locator(".segment", { hasText: "Offer a cut after poly1" }).locator(".plan").waitFor();
  await page.getByRole("button", { name: "Plan again" }).and(page.locator(":enabled")).waitFor();
  await page.getByText("Here encryption ends").waitFor();
  await page.getByLabel("Offer a cut after poly1").check();
  await page.getByLabel("Price of an answer, in tokens").fill("0.5");
  await connect(page, throwaway);
  await inspect(page, "publish");
  await page.getByRole("button", { name: "Seal and publish" }).click();
  await page.getByRole("status").getByText("is published").waitFor();
  await makeFile(page);
  await inspect(page, "published");
}

async function whole(t) {
  const { context, page } = await fresh(t);
  const sent = [];
  context.on("request", (r) => sent.push(r.postDataBuffer() ?? Buffer.alloc(0)));
  page.on("dialog", (d) => void d.accept());
  await page.goto(`${t.url}/creator`);
  await page.getByText("Drop an ONNX file here").waitFor();
  await inspect(page, "publish-empty");
  await give(page, t.url);
  await publish(page);
  const folder = mkdtempSync(join(tmpdir(), "studio-"));
  const agent = await startAgent(page, folder);
  try {
    const model = new URL(await page.getByRole("link", { name: "Look at it as users do" }).getAttribute("href"), t.url).pathname.split("/").at(-1);
    await page.getByRole("link", { name: "Go to the board" }).click();
    await wait("the agent is not online", () => page.locator(".agent-state", { hasText: "An agent is connected" }).isVisible(), agent);
    const label = await ask(t.url, folder, "--model", model, "--cut", "poly1", "--input", join(example, "wdbc.csv"), "--row", "1");
    check(["malignant", "benign"].includes(label), `the user's answer is ${label}`);
    await board(page, agent);
  } finally {
    await agent.end();
  }
  await page.locator(".agent-state.off").waitFor();
  check(sent.some((b) => b.length > 10_000), "no upload was recorded, so nothing was searched");
  for (const piece of secretsOf(readFileSync(files[0]))) {
    for (const b of sent) check(!b.includes(piece), "weights of the model leave the tab as they are");
  }
  await context.close();
}

/** board sees the job, takes the money, changes the price and the key, and stops the model. */
async function board(page, agent) {
  const row = page.locator("tbody tr", { hasText: "answered" });
  await row.waitFor();
  await page.locator(".latency svg circle").first().waitFor();
  await inspect(page, "board");
  const withdraw = page.getByRole("button", { name: "Withdraw" });
  await wait("the creator's fee is not credited", () => withdraw.isEnabled(), agent);
  await withdraw.click();
  await page.getByText("Nothing to withdraw yet").waitFor();
  await page.locator(".wallet", { hasText: "10.49" }).waitFor(); // half a token, less the market's hundredth
  await page.getByLabel("Price after poly1, in tokens").fill("0.75");
  await page.getByRole("button", { name: "Change" }).click();
  await page.locator('.price input[value="0.75"]').waitFor();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByText("has a new key").waitFor();
  await page.locator(".card", { hasText: "with the old file it cannot answer here" }).waitFor(); // the agent that runs has no other
  await page.locator(".card", { hasText: "Its key was replaced" }).waitFor();
  await inspect(page, "board-renewed");
  await page.getByRole("button", { name: "Unpublish" }).click();
  await wait("the model still takes jobs", async () => (await page.getByText("takes no jobs").count()) === 2, agent);
}

export default { "a creator publishes in the tab, is asked, is paid, and stops": whole };
