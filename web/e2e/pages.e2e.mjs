// The pages that need no wallet.
import { check, fresh, inspect, openModel } from "./page.mjs";

async function usable(t) {
  const { context, page } = await fresh(t);
  const visit = async (path, name, ready) => {
    await page.goto(t.url + path);
    await ready();
    await page.getByText("SIMULATED").first().waitFor();
    await inspect(page, name);
  };
  await visit("/", "home", () => page.locator(".picture").waitFor());
  await visit("/models", "models", () => page.locator(".card").first().waitFor());
  await openModel(page, t.url);
  await visit(new URL(page.url()).pathname, "model", () => page.getByText("by the worker").or(page.getByText("reference machine")).first().waitFor());
  await visit("/explore", "explore", () => page.getByLabel("Job id").waitFor());
  await visit("/verify", "verify", () => page.getByLabel("Quote").waitFor());
  await visit("/jobs", "jobs-empty", () => page.getByText("There are no jobs in this browser yet.").waitFor());
  await visit("/nothing/here", "missing", () => page.getByText("no such page").waitFor());
  await context.close();
}

async function policy(t) {
  const { context, page } = await fresh(t);
  await page.goto(t.url);
  const done = await page.evaluate(() => {
    const tried = {
      "a string becomes markup": () => { document.createElement("div").innerHTML = "<b></b>"; },
      "a string becomes code": () => setTimeout("1"),
      "a policy of another name": () => trustedTypes.createPolicy("other", { createHTML: (s) => s }),
      "a second policy of the pages' name": () => trustedTypes.createPolicy("encompute", { createScriptURL: (s) => s }),
      "a worker of another script": () => new Worker("data:text/javascript,1"),
    };
    return Object.entries(tried).filter(([, act]) => { try { act(); return true; } catch { return false; } }).map(([what]) => what);
  });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0))); // breaches are told after the fact
  check(done.length === 0, `the content policy lets through: ${done}`);
  check(t.problems.length > 0, "the tests do not hear of breaches of the content policy");
  t.problems.length = 0;
  await context.close();
}

export default {
  "pages are usable and say what is simulated": usable,
  "the content policy is enforced, and the tests hear of breaches": policy,
};
