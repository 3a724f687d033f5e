// A whole job, what leaves the tab meanwhile, and its receipt.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { out } from "./browser.mjs";
import { answered, check, fresh, inspect, order, release, sample, start, throwaway } from "./page.mjs";
import { keptKeys, record, searchSent, shownPixels } from "./secrets.mjs";

async function whole(t) {
  const { context, page } = await fresh(t);
  const sent = record(context);
  await order(page, t.url, throwaway);
  await inspect(page, "order");
  const pixels = await shownPixels(page);
  const began = Date.now();
  await start(page);
  await page.getByRole("alertdialog").waitFor();
  const asked = Date.now();
  const keys = await keptKeys(page);
  await inspect(page, "release");
  const agreed = Date.now();
  await release(page);
  await answered(page);
  t.report.chestXraySeconds = (asked - began + Date.now() - agreed) / 1000; // without the time that the user takes to agree
  check((await page.locator(".step.done").count()) >= 12, "steps are missing");
  t.report.steps = Object.fromEntries((await page.locator(".step .row").allInnerTexts()).map((row) => row.split(/\n+/)));
  await page.getByText("SIMULATED: the worker's evidence").waitFor();
  await inspect(page, "answer");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the receipt" }).click()]);
  const receipt = join(out, "receipt.json");
  await file.saveAs(receipt);
  searchSent(sent, { file: readFileSync(sample), pixels, ...keys });
  await checkReceipt(t, page, receipt);
  await page.goto(`${t.url}/jobs`);
  await page.locator(".card", { hasText: "answered" }).first().waitFor();
  await inspect(page, "jobs");
  await context.close();
}

async function checkReceipt(t, page, receipt) {
  await page.goto(`${t.url}/explore`);
  await page.getByLabel("Or a receipt file").setInputFiles(receipt);
  await page.locator(".check").first().waitFor();
  check((await page.locator(".check.failed").count()) === 0, `an honest receipt fails: ${await page.locator(".check.failed").allInnerTexts()}`);
  await inspect(page, "receipt");
  const forged = JSON.parse(readFileSync(receipt, "utf8"));
  forged.computed.receipt.outputHash = `0x${"1".repeat(64)}`;
  await page.goto(`${t.url}/explore`);
  await page.getByLabel("Or a receipt file").setInputFiles({ name: "forged.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(forged)) });
  await page.locator(".check").first().waitFor();
  check((await page.locator(".check.passed code", { hasText: "receipt.signature" }).count()) === 0, "a forged receipt is taken for a worker's");
}

export default { "a whole job, of which only ciphertext leaves the tab": whole };
