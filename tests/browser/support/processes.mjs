// What the tests start besides themselves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const workspace = resolve(import.meta.dirname, '../../..');

/** Where pictures of the pages are kept. */
export const screens = resolve(workspace, 'target/browser');

export async function freePort() {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** `cargo local` on ports of its own, with nothing kept. */
export function startStack(...parameters) {
  const options = ['--api-port', '0', '--aws-port', '0', '--memory', ...parameters.flatMap((value) => ['--parameter', value])];
  // A process group of its own: cargo, the stack and the functions end together.
  const child = spawn('cargo', ['local', ...options], {
    cwd: workspace,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGINT');
    } catch {
      // It has ended already.
    }
  };
  return { stop, ready: config(child) };
}

async function config(child) {
  let errors = '';
  child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line of what it prints begins with `ready` and ends with the address of the configuration.
    const address = /^ready\b.*\s(\S+\/_local\/config\.json)$/.exec(line)?.[1];
    if (address !== undefined) {
      child.stdout.resume();
      return (await fetch(address)).json();
    }
  }
  throw new Error(`The local stack did not start:\n${errors}`);
}
