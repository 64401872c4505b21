import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A running `agnes demo` with a data directory of its own. */
export interface Instance {
  address: string;
  /** The sign-in links it printed, by e-mail address. Each works once. */
  links: Map<string, string>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 90_000;

/** The demo's sample people. */
export const people = {
  admin: (instance: Instance) => emailMatching(instance, /^admin@/),
  analyst: (instance: Instance) => emailMatching(instance, /^analyst@/),
};

function emailMatching(instance: Instance, pattern: RegExp): string {
  const found = [...instance.links.keys()].find((email) => pattern.test(email));
  if (!found) throw new Error(`the demo printed no sign-in link for ${pattern}`);
  return found;
}

/** Starts the server, waits until it printed its links, and answers where it is. */
export async function startInstance(): Promise<Instance> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agnes-end2end-'));
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(executable(), ['demo'], {
    cwd: dataDir,
    env: environment({ DATA_DIR: dataDir, AGNES_BIND: address }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const stop = async () => {
    await ended(server);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const links = await printedLinks(server, output);
    return { address: `http://${address}`, links, stop };
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}; it said:\n${output.join('')}`);
  }
}

function executable(): string {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
  const path = process.env.AGNES_BIN ?? join(target, 'debug/agnes');
  if (!existsSync(path)) throw new Error(`${path} is not there: build it with \`cargo xtask test --only browser\``);
  return path;
}

/** Only what the server needs: settings of whoever runs the tests must not leak in. */
function environment(own: Record<string, string>): NodeJS.ProcessEnv {
  const passed = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'AGNES_SITE_DIR', 'AGNES_CLI_DIST_DIR'];
  const kept = passed.filter((name) => process.env[name]).map((name) => [name, process.env[name]]);
  // The tests sign in more often than people do.
  return { ...Object.fromEntries(kept), LOG_LEVEL: 'warn', AGNES_SIGN_IN_PER_MINUTE: '0', ...own };
}

function printedLinks(server: ChildProcess, output: string[]): Promise<Map<string, string>> {
  return new Promise((found, failed) => {
    const links = new Map<string, string>();
    const tooLate = setTimeout(() => failed(new Error('the server printed no links in time')), PATIENCE_MS);
    let pending = '';
    const read = (chunk: Buffer) => {
      output.push(chunk.toString());
      pending += chunk.toString();
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const link = /Sign-in link for (\S+): (http\S+)/.exec(line);
        if (link) links.set(link[1], link[2]);
        // The line after the last link.
        if (/Console: http/.test(line)) {
          clearTimeout(tooLate);
          found(links);
        }
      }
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('error', (error) => {
      clearTimeout(tooLate);
      failed(error);
    });
    server.once('exit', (code) => {
      clearTimeout(tooLate);
      failed(new Error(`the server ended with ${code}`));
    });
  });
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const last = setTimeout(() => server.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(last);
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? found(address.port) : failed(new Error('no port'))));
    });
  });
}
