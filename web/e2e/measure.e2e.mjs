// A creator without a sheet: the page measures one on records that stay in the tab, and publishes it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { root } from "./browser.mjs";
import { check, connect, fresh, inspect, throwaway } from "./page.mjs";

const example = join(root, "examples", "tab-wdbc");
const files = ["model.onnx", "model.json", "wdbc.csv"].map((f) => join(example, f));

/** byCommand is the sheet of the same release as the command line measures it. */
function byCommand() {
  const order = ["--cut", "poly1", "--k", "1", "--noise", "0.15", "--bits", "8", "--effort", "quick"];
  const args = ["model", "leakage", files[0], "--data", files[2], "--labels", "target_benign", ...order, "--json"];
  return JSON.parse(execFileSync(join(root, "bin", "encompute"), args, { stdio: ["ignore", "pipe", "ignore"] }));
}

const share = (x) => `${(100 * x).toFixed(x < 0.1 ? 1 : 0)} %`;

async function measured(t) {
  const { context, page } = await fresh(t);
  const sent = [];
  context.on("request", (r) => sent.push(r.postDataBuffer() ?? Buffer.alloc(0)));
  await page.goto(`${t.url}/creator`);
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.locator(".facts dd", { hasText: "16 inputs" }).waitFor();
  await page.getByLabel("Offer a cut after poly1").check();
  const form = page.getByRole("form", { name: "Measure what leaks" });
  await form.getByLabel("Records").selectOption({ label: "another file" });
  await form.getByLabel("File of records").setInputFiles(files[2]);
  await form.getByLabel("Column of labels").fill("target_benign");
  await form.getByLabel("Values that are sent").fill("1");
  await form.getByLabel("Noise").fill("0.15");
  await form.getByLabel("Bits of each value").fill("8");
  const start = form.getByRole("button", { name: "Measure what leaks" });
  await start.click();
  await page.getByText("Train a decoder").waitFor();
  await form.getByRole("button", { name: "Stop" }).click();
  await start.and(page.locator(":enabled")).waitFor();
  check((await page.locator(".offer .leakage").count()) === 0, "a stopped measurement left a sheet");
  await form.getByLabel("Quick attacks").check();
  await start.click();
  const sheet = page.locator(".offer .leakage");
  await sheet.waitFor();
  await page.locator(".offer .leakage img.chart").waitFor();
  const same = byCommand();
  const figures = [same.bitCapText, share(Math.max(same.reid1, same.match1)), share(same.accuracy)];
  const shown = await sheet.locator(".figure").allInnerTexts();
  check(shown.join() === figures.join(), `the page shows ${shown}, the command ${figures}`);
  await page.locator(".check.passed", { hasText: "Release poly1" }).waitFor();
  await connect(page, throwaway);
  await inspect(page, "measured");
  await page.getByRole("button", { name: "Seal and publish" }).click();
  await page.getByRole("status").getByText("is published").waitFor();
  await page.getByRole("link", { name: "Look at it as users do" }).click();
  await page.locator(".leakage", { hasText: same.bitCapText }).waitFor();
  await page.locator(".leakage img.chart").waitFor();
  await inspect(page, "measured-model");
  const row = readFileSync(files[2], "utf8").split("\n")[200];
  check(sent.some((b) => b.length > 10_000), "no upload was recorded, so nothing was searched");
  for (const b of sent) check(!b.includes(row), "a record leaves the tab");
  await context.close();
}

export default { "a creator measures what leaks in the tab, and publishes the sheet": measured };
