// A creator without a sheet: the page measures one on records that stay in the tab, and publishes it.
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { root } from "./browser.mjs";
import { check, connect, fresh, inspect, throwaway } from "./page.mjs";

const example = join(root, "examples", "tab-wdbc");
const files = ["model.onnx", "model.json", "wdbc.csv"].map((f) => join(example, f));

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
  for (const word of ["2.7 bits", "Green", "95"]) check((await sheet.innerText()).toLowerCase().includes(word.toLowerCase()), `the sheet lacks ${word}: ${await sheet.innerText()}`);
  await page.locator(".check.passed", { hasText: "Release poly1" }).waitFor();
  await connect(page, throwaway);
  await inspect(page, "measured");
  await page.getByRole("button", { name: "Seal and publish" }).click();
  await page.getByRole("status").getByText("is published").waitFor();
  await page.getByRole("link", { name: "Look at it as users do" }).click();
  await page.locator(".leakage", { hasText: "2.7 bits" }).waitFor();
  await page.locator(".leakage img.chart").waitFor();
  await inspect(page, "measured-model");
  const row = readFileSync(files[2], "utf8").split("\n")[200];
  check(sent.some((b) => b.length > 10_000), "no upload was recorded, so nothing was searched");
  for (const b of sent) check(!b.includes(row), "a record leaves the tab");
  await context.close();
}

export default { "a creator measures what leaks in the tab, and publishes the sheet": measured };
