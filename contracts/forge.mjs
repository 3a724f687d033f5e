// Runs forge and ends with its exit status. Its packages for each machine are used directly: the
// launcher around them always ends with 0, so that failing tests would pass.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const suffix = process.platform === 'win32' ? '.exe' : '';
const name = `@foundry-rs/forge-${process.platform}-${arch}`;
let binary;
try {
  binary = createRequire(import.meta.url).resolve(`${name}/bin/forge${suffix}`);
} catch {
  console.error(`${name} is not installed: add it to package.json and run npm install, or run the tests on linux-amd64 or darwin-arm64`);
  process.exit(1);
}
const { status, error } = spawnSync(binary, process.argv.slice(2), { stdio: 'inherit', cwd: import.meta.dirname });
if (error) console.error(error.message);
process.exitCode = status ?? 1;
