/**
 * Where the program begins: the only file that reads argv and the environment. It turns on node's
 * compile cache before anything else is loaded: stripping and compiling some 500 files takes most
 * of a start, and is the same every time. The cache lies with the installed packages; where that
 * folder cannot be written, starts are only slower.
 */
import cluster from 'node:cluster';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/coffer', import.meta.url)));
const { runProgram } = await import('./program.ts');
// A server that is killed must not compile it all again.
if (cluster.isPrimary) flushCompileCache();

const code = await runProgram({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  main: import.meta.filename,
});
// A worker goes on serving: the primary ends it.
if (code !== 0 || cluster.isPrimary) process.exit(code);
