// Workers are verified in the tab, and those that lie get nothing.
import { check, fresh, inspect, order, start, throwaway } from "./page.mjs";

/** lie changes the quote of every worker's evidence on its way into the browser. */
async function lie(context, change) {
  const lies = [];
  await context.route("**/evidence", async (route) => {
    const response = await route.fetch();
    const evidence = await response.json();
    const quote = Buffer.from(evidence.quote, "base64");
    change(quote);
    evidence.quote = quote.toString("base64");
    lies.push(evidence);
    await route.fulfill({ response, json: evidence });
  });
  return lies;
}

async function verified(t) {
  const { context, page } = await fresh(t);
  await page.goto(`${t.url}/workers`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.locator(".verdict.good").getByText("All checks passed").waitFor(); // the history below says it too
  check((await page.locator(".check.passed").count()) > 20, "a verdict has too few checks");
  check((await page.locator(".check.failed").count()) === 0, "an accepted verdict has failed checks");
  await page.getByText("What this does not prove").waitFor();
  await inspect(page, "workers");
  const lies = await lie(context, (quote) => { quote[300] ^= 1; }); // in the body that the hardware signed
  await page.getByRole("button", { name: "Verify again" }).click();
  await page.locator(".verdict.bad").waitFor();
  check(lies.length > 0, "the evidence did not pass the test's hands");
  check((await page.locator(".check.failed").count()) > 0, "a refusal names no check");
  await inspect(page, "refused");
  await context.close();
}

const tdAttributes = 48 + 120; // offset in a TDX quote of version 4 (Intel's TDX DCAP quoting library API, A.3)

async function nothingForLiars(t) {
  const { context, page } = await fresh(t);
  const sent = [];
  context.on("request", (r) => sent.push(`${r.method()} ${new URL(r.url()).pathname}`));
  const lies = await lie(context, (quote) => { quote[tdAttributes] |= 1; }); // a TD that its owner can debug
  await order(page, t.url, throwaway);
  await start(page);
  await page.locator(".verdict.bad").waitFor();
  check(lies.length > 0, "the evidence did not pass the test's hands");
  const failed = await page.locator(".check.failed code").allInnerTexts();
  check(failed.some((name) => /debug|attributes/i.test(name)), `no check names the debugging: ${failed}`);
  await page.getByRole("alert").waitFor();
  const given = sent.filter((r) => /^(PATCH|PUT) /.test(r) || /^POST \/v1\/jobs/.test(r));
  check(given.length === 0, `a refused worker gets ${given}`);
  await page.goto(`${t.url}/jobs`);
  await page.getByText("There are no jobs in this browser yet.").waitFor();
  await context.close();
}

export default {
  "a worker is verified in the tab, and a changed quote is refused": verified,
  "a worker that can be debugged gets nothing": nothingForLiars,
};
