// Starts the local stack and the example app, runs the tests against them, and stops both.
//
//     npm test                                    every test
//     npm test -- journeys/account.test.mjs       the tests in this file
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';

import { build, preview } from 'vite';

import { freePort, screens, startStack } from './support/processes.mjs';

process.chdir(import.meta.dirname);
const port = await freePort();
const appUrl = `http://localhost:${port}`;

const stack = startStack(`AppUrl=${appUrl}`);
process.on('exit', stack.stop);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

rmSync(screens, { recursive: true, force: true });
await build({ root: 'app', logLevel: 'warn' });
const config = await stack.ready;
writeFileSync('app/dist/config.json', JSON.stringify(config));
await preview({ root: 'app', preview: { host: 'localhost', port, strictPort: true } });

const named = process.argv.slice(2);
const all = ['clients', 'journeys'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
const files = named.length > 0 ? named : all.filter((name) => name.endsWith('.test.mjs')).sort();
const options = ['--test', '--test-reporter=spec', '--test-timeout=300000', '--test-concurrency=2'];
const tests = spawn(process.execPath, [...options, ...files], {
  stdio: 'inherit',
  env: { ...process.env, AWS_ENDPOINT_URL: config.awsEndpointUrl, APP_URL: appUrl },
});
const [code] = await once(tests, 'exit');
process.exit(code ?? 1);
