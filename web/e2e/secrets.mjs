// What must not leave a tab, and the search for it in everything that does.
import { check } from "./page.mjs";

/** record collects all that a browser sends: addresses, headers and bodies of requests, and messages of sockets. */
export function record(context) {
  const sent = [];
  context.on("request", (r) => sent.push({ url: r.url(), headers: JSON.stringify(r.headers()), body: r.postDataBuffer() }));
  context.on("page", (p) => p.on("websocket", (s) => s.on("framesent", (f) => sent.push({ url: s.url(), headers: "", body: Buffer.from(f.payload) }))));
  return sent;
}

/** shownPixels are the values of the input as the model gets them, one byte each. */
export async function shownPixels(page) {
  const gray = await page.locator(".preview canvas").evaluate((c) => {
    const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
    return Array.from(data).filter((_, i) => i % 4 === 0);
  });
  return Buffer.from(gray);
}

/** keptKeys opens the browser's vault as only this origin can, and takes the secret keys out of the kept job. */
export async function keptKeys(page) {
  const kept = await page.evaluate(async () => {
    const wait = (r) => new Promise((resolve, reject) => { r.onsuccess = () => resolve(r.result); r.onerror = () => reject(r.error); });
    const db = await wait(indexedDB.open("encompute"));
    const all = (store) => wait(db.transaction(store).objectStore(store).getAll());
    const key = await wait(db.transaction("keys").objectStore("keys").get("wrap"));
    const exported = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
    const places = await wait(db.transaction("secrets").objectStore("secrets").getAllKeys());
    const place = places.find(([kind]) => kind === "job");
    const s = await wait(db.transaction("secrets").objectStore("secrets").get(place));
    const additionalData = new TextEncoder().encode([...place, s.revision].join("/"));
    const job = await crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv, additionalData }, key, s.data);
    const bytes = (b) => Array.from(new Uint8Array(b));
    return { exported, job: bytes(job), stored: [...(await all("secrets")).map((x) => bytes(x.data)), ...(await all("parts")).map(bytes)] };
  });
  check(!kept.exported, "the wrapping key can be exported");
  const job = Buffer.from(kept.job);
  const keys = { secretKey: member(job, "secretKey").subarray(-32), resultKey: member(job, "resultKey") }; // before the seed stands the plan's digest, which is public
  for (const [name, key] of Object.entries(keys)) {
    check(!kept.stored.some((b) => Buffer.from(b).includes(key)), `${name} is in the browser's database as it is`);
  }
  return keys;
}

/** member finds a byte string of a CBOR map by its name. */
function member(b, name) {
  const at = b.indexOf(Buffer.concat([Buffer.from([0x60 | name.length]), Buffer.from(name)]));
  check(at >= 0, `the kept job has no ${name}`);
  const from = at + 1 + name.length;
  const width = { 0x58: 1, 0x59: 2, 0x5a: 4 }[b[from]];
  check(width, `${name} of the kept job is no byte string`);
  const size = b.readUIntBE(from + 1, width);
  return b.subarray(from + 1 + width, from + 1 + width + size);
}

/** needles are pieces of a secret in the forms in which it could leave: raw, hexadecimal, decimal, and base64 at each of its three offsets. */
function needles(b) {
  const forms = [];
  for (let at = 0; at + 24 <= b.length; at += Math.max(8, Math.floor(b.length / 64))) {
    const part = b.subarray(at, at + 24);
    if (new Set(part).size < 6) continue; // of an even ground, which is anywhere
    const base64 = [0, 1, 2].map((n) => part.subarray(n, n + 21).toString("base64"));
    const texts = [part.toString("hex"), part.toString("hex").toUpperCase(), [...part].join(","), ...base64, ...base64.map((s) => s.replaceAll("+", "-").replaceAll("/", "_"))];
    forms.push(part, ...[...new Set(texts)].map((s) => Buffer.from(s)));
  }
  return forms;
}

/** searchSent holds that nothing that was sent carries a secret. */
export function searchSent(sent, secrets) {
  check(sent.some((r) => (r.body?.length ?? 0) > 1 << 20), "no upload was recorded, so nothing was searched");
  const everything = Buffer.concat(sent.flatMap((r) => [Buffer.from(`\n${r.url}\n${r.headers}\n`, "latin1"), r.body ?? Buffer.alloc(0)]));
  for (const [name, secret] of Object.entries(secrets)) {
    const forms = needles(secret);
    check(forms.length > 0, `${name} has nothing to search for`);
    check(Buffer.concat([everything, secret]).includes(forms[0]), `the search would not find ${name}`);
    for (const form of forms) check(!everything.includes(form), `${name} leaves the tab`);
  }
}
