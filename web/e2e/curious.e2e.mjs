// A host that lies, by the switch on the page, and what becomes of a person's data when it is to be taken along or deleted.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { out } from "./browser.mjs";
import { answered, check, connect, fresh, inspect, order, release, resume, start, throwaway } from "./page.mjs";

const lie = async (page, name) => {
  const box = page.locator("details.tamper");
  if (!(await box.evaluate((e) => e.open))) await box.locator("summary").click();
  await page.getByLabel(name, { exact: true }).check();
};

/** refused waits for the refusal and returns the name of the check that it came from. */
async function refused(page) {
  await page.getByRole("alert").waitFor();
  return page.getByRole("alert").locator("code").first().innerText();
}

async function tampered(t) {
  const { context, page } = await fresh(t);
  await order(page, t.url, throwaway);
  await lie(page, "a byte of the worker's quote");
  await start(page);
  await page.locator(".verdict.bad").waitFor();
  t.report.tampering = { quote: await refused(page) };
  await inspect(page, "tampered");
  await page.getByRole("button", { name: "Try again" }).click();
  await lie(page, "a field of the receipt");
  await start(page);
  t.report.tampering.receipt = await refused(page);
  await page.goto(`${t.url}/jobs`);
  await page.locator(".card a").first().click();
  await connect(page, throwaway);
  const resumed = page.getByRole("button", { name: "Resume" });
  await lie(page, "a byte of the encrypted output");
  await resumed.click();
  t.report.tampering.output = await refused(page);
  await lie(page, "a byte of the sealed answer");
  await resumed.click();
  await release(page);
  t.report.tampering.answer = await refused(page);
  await lie(page, "nothing");
  await resumed.click();
  await answered(page);
  const checks = Object.values(t.report.tampering);
  check(new Set(checks).size === 4, `four lies are refused by other checks each, not by ${checks}`);
  await takenAlong(t, page);
  await context.close();
}

/** takenAlong exports and deletes what is kept of the job that page shows. */
async function takenAlong(t, page) {
  await page.goto(`${t.url}/jobs`);
  await page.getByRole("heading", { name: "Spending" }).waitFor();
  await connect(page, throwaway);
  await inspect(page, "jobs-with-spending");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export everything" }).click()]);
  const path = join(out, "export.json");
  await file.saveAs(path);
  const taken = JSON.parse(readFileSync(path, "utf8"));
  check(taken.browser.length === 1 && taken.browser[0].result?.label, "the export lacks the job with its answer");
  const listed = taken.host.filter((d) => d.job).map((d) => d.job.job.jobId);
  check(listed.length === 1 && listed[0] === taken.browser[0].id, `the host's part lists ${listed}`);
  page.once("dialog", (d) => d.dismiss());
  await page.getByRole("button", { name: "Delete everything" }).click();
  check((await page.locator(".card").count()) === 1, "a declined deletion deleted something");
  page.once("dialog", (d) => d.accept());
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByText("Everything in this browser is deleted.").waitFor();
  await inspect(page, "deleted");
  const kept = await page.evaluate(async () => {
    const db = await new Promise((resolve, reject) => {
      const r = indexedDB.open("encompute");
      r.onsuccess = () => resolve(r.result);
      r.onerror = () => reject(r.error);
    });
    const counts = [...db.objectStoreNames].map((name) => new Promise((resolve) => {
      db.transaction(name).objectStore(name).count().onsuccess = (e) => resolve([name, e.target.result]);
    }));
    const all = Object.fromEntries(await Promise.all(counts));
    db.close();
    return all;
  });
  check(Object.values(kept).every((n) => n === 0), `the browser still keeps ${JSON.stringify(kept)}`);
  await page.getByRole("button", { name: "Begin anew" }).click();
  await page.goto(`${t.url}/jobs`);
  await page.getByText("There are no jobs in this browser yet.").waitFor();
}

export default { "a host that lies is refused by name, and a person's data is exported and deleted": tampered };
