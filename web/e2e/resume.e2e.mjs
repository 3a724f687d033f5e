// Tabs that are closed, and a creator that is away: the job goes on where it stood.
import { active, answered, check, fresh, inspect, order, release, reopen, resume, start, throwaway } from "./page.mjs";

/** closed takes one job to its end, and closes its tab in each of the states in between. */
async function closed(t) {
  const { context, page } = await fresh(t);
  let uploads = 0;
  await context.route("**/v1/blobs/*/uploads/*", () => { uploads++; }); // they hang
  await order(page, t.url, throwaway);
  await start(page);
  await active(page, "Upload the");
  await page.close();
  check(uploads > 0, "no upload was seen");
  await context.unrouteAll({ behavior: "ignoreErrors" });

  t.network.pauseWorker();
  let tab = await reopen(context, t.url, "paid");
  await resume(tab, throwaway);
  await active(tab, "The worker runs the encrypted layers");
  await tab.close();
  t.network.resumeWorker();

  tab = await reopen(context, t.url, "uploaded");
  await resume(tab, throwaway);
  await tab.getByRole("alertdialog").waitFor();
  await tab.close();

  await t.network.withoutCreator(async () => {
    tab = await reopen(context, t.url, "computed");
    await resume(tab, throwaway);
    await release(tab);
    await active(tab, "Wait for the creator");
    await inspect(tab, "waiting");
    await tab.close();
    tab = await reopen(context, t.url, "released");
  });
  await resume(tab, throwaway);
  await answered(tab);
  await context.close();
}

export default { "a job whose tab is closed in every state, and whose creator is away, is answered": closed };
