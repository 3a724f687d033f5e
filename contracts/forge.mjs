// Runs forge and ends with its exit status. The launcher in the forge package always ends with 0,
// so that failing tests would pass.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const suffix = process.platform === 'win32' ? '.exe' : '';
const binary = createRequire(import.meta.url).resolve(`@foundry-rs/forge-${process.platform}-${arch}/bin/forge${suffix}`);
const { status, error } = spawnSync(binary, process.argv.slice(2), { stdio: 'inherit', cwd: import.meta.dirname });
if (error) console.error(error.message);
process.exitCode = status ?? 1;
