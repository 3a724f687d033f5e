// Builds the pages and the WebAssembly client into dist, compressed as the host serves them, and holds their sizes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const cache = join(here, "node_modules", ".cache", "encompute");
const maxScript = 250 << 10; // gzip, of all that the first page loads
const maxWasm = 3 << 20; // brotli, of each program

const go = process.env.GO ?? "go";
mkdirSync(cache, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== ".gitignore") rmSync(join(dist, name), { recursive: true });
}

const lean = join(cache, "lean");
execFileSync(go, ["run", "./cmd/wasm/lean", lean], { cwd: join(here, ".."), stdio: "inherit" });

/** compile builds a program of the Web Worker and names it by its digest, so that browsers may keep it for ever. */
function compile(program, path) {
  const file = join(cache, `${program}.wasm`);
  execFileSync(go, ["build", `-modfile=${join(lean, "go.mod")}`, "-trimpath", "-ldflags=-s -w", "-o", file, path], {
    cwd: join(here, ".."),
    env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
    stdio: "inherit",
  });
  const code = readFileSync(file);
  return { program, code, name: `${program}-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.wasm` };
}

const programs = [compile("client", "./cmd/wasm"), compile("creator", "./cmd/wasm/creator"), compile("leakage", "./cmd/wasm/leakage")];
const root = execFileSync(go, ["env", "GOROOT"], { encoding: "utf8" }).trim();
copyFileSync(join(root, "lib", "wasm", "wasm_exec.js"), join(here, "src", "worker", "wasm_exec.js"));
process.env.ENCOMPUTE_WASM = JSON.stringify(Object.fromEntries(programs.map((p) => [p.program, `/assets/${p.name}`])));
await build({ root: here, configFile: join(here, "vite.config.ts"), logLevel: "warn" });

function brotli(b, quality) {
  const p = constants;
  return brotliCompressSync(b, { params: { [p.BROTLI_PARAM_QUALITY]: quality, [p.BROTLI_PARAM_LGWIN]: 24, [p.BROTLI_PARAM_SIZE_HINT]: b.length } });
}

// Compressing a program takes half a minute, so it is done once for each.
function cached(file, quality, compress) {
  const kept = join(cache, `${quality}-${file}`);
  if (!existsSync(kept)) writeFileSync(kept, compress());
  copyFileSync(kept, join(dist, "assets", file));
  return statSync(kept).size;
}
for (const p of programs) {
  const quality = Number(process.env.BROTLI ?? 11);
  p.bytes = cached(p.name + ".br", quality, () => brotli(p.code, quality));
  cached(p.name + ".gz", 9, () => gzipSync(p.code, { level: 9 }));
}

const assets = join(dist, "assets");
for (const file of readdirSync(assets).filter((f) => /\.(js|css)$/.test(f))) {
  const b = readFileSync(join(assets, file));
  writeFileSync(join(assets, file + ".br"), brotli(b, 11));
  writeFileSync(join(assets, file + ".gz"), gzipSync(b, { level: 9 }));
}
const scripts = readdirSync(assets).filter((f) => f.endsWith(".js"));
const scriptBytes = scripts.map((f) => statSync(join(assets, f + ".gz")).size).reduce((a, b) => a + b, 0);

console.log(`scripts ${(scriptBytes / 1024).toFixed(0)} KiB gzip; brotli: ${programs.map((p) => `${p.program} ${(p.bytes / (1 << 20)).toFixed(2)} MiB`).join(", ")}`);
const large = programs.filter((p) => p.bytes > maxWasm).map((p) => p.program);
if (scriptBytes > maxScript) large.push("scripts");
if (large.length > 0) {
  console.error(`too large: ${large.join(", ")}; the bounds are at the head of build.mjs`);
  process.exit(1);
}
