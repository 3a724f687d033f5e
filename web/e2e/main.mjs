// Drives the real system in a real browser. Every *.e2e.mjs beside this file exports tests by name; arguments choose among them.
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, out } from "./browser.mjs";
import { startNetwork } from "./network.mjs";
import { check } from "./page.mjs";

async function load(words) {
  const here = dirname(fileURLToPath(import.meta.url));
  const tests = [];
  for (const file of readdirSync(here).filter((f) => f.endsWith(".e2e.mjs")).sort()) {
    tests.push(...Object.entries((await import(`./${file}`)).default));
  }
  const chosen = tests.filter(([name]) => words.every((w) => name.includes(w)));
  check(chosen.length > 0, `no test's name holds ${words.join(" and ")}`);
  return chosen;
}

/** attempt runs one test in browsers of its own and says how it went. */
async function attempt(name, run, t) {
  const began = Date.now();
  try {
    await run(t);
    check(t.problems.length === 0, t.problems.join("\n"));
    t.report.seconds[name] = (Date.now() - began) / 1000;
    console.log(`ok    ${name} (${t.report.seconds[name].toFixed(0)} s)`);
    return true;
  } catch (e) {
    console.error(`FAIL  ${name}: ${e.stack}\n${t.problems.join("\n")}`);
    const pages = t.browser.contexts().flatMap((c) => c.pages());
    await Promise.all(pages.map((p, i) => p.screenshot({ path: join(out, `failed-${i}.png`), fullPage: true }).catch(() => {})));
    return false;
  } finally {
    await Promise.all(t.browser.contexts().map((c) => c.close()));
  }
}

async function main() {
  const tests = await load(process.argv.slice(2));
  const browser = await launch();
  const network = await startNetwork();
  const report = { seconds: {} };
  let failed = 0;
  try {
    for (const [name, run] of tests) {
      if (!(await attempt(name, run, { browser, network, url: network.url, problems: [], report }))) failed++;
    }
  } finally {
    await browser.close();
    await network.stop();
  }
  writeFileSync(join(out, "report.json"), JSON.stringify(report, null, 2));
  console.log(JSON.stringify(report));
  process.exitCode = failed ? 1 : 0;
}

await main();
