// Runs the tests with forge coverage and fails if too few lines of src are covered.
import { spawnSync } from 'node:child_process';

const least = 98; // percent
const { status, stdout, stderr } = spawnSync(process.execPath, [
  'forge.mjs', 'coverage', '--report', 'summary', '--no-match-coverage', 'test/',
], { cwd: import.meta.dirname, encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, FORGE_SNAPSHOT_EMIT: 'false' } });
const total = /^\| Total +\| *([0-9.]+)%/m.exec(stdout ?? '');
if (status !== 0 || !total) {
  console.error(stdout, stderr);
  process.exit(status || 1);
}
console.log(stdout.slice(stdout.indexOf('╭')));
if (Number(total[1]) < least) {
  console.error(`${total[1]} % of the lines are covered, ${least} % are wanted`);
  process.exit(1);
}
