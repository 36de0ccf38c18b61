// Measures this product beside better-auth and prints one table. See README.md.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ofChildren, ofProcess } from "./cpu.mjs";
import { sideBySide } from "./http.mjs";
import * as ours from "./ours.mjs";
import { buildStack, startBetterAuth, startPostgresql, startStack, stopAll } from "./processes.mjs";
import { header, row } from "./table.mjs";
import * as theirs from "./theirs.mjs";

// The sides take turns: what else the machine does hits both.
const CHUNK = 25;
// Operations of each kind before the first one that counts, 16 at a time: they start every process of a function that 16 clients
// need, and have JavaScript compiled.
const WARM_UP = 128;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "300" },
    disk: { type: "string", default: os.tmpdir() },
    memory: { type: "string", default: "/dev/shm" },
    "synchronous-commit": { type: "string", default: "off" },
    stack: { type: "string" },
  },
});
const count = Number(options.operations);

/** Runs an operation `count` times on both sides, chunk by chunk, and returns what each side took. */
async function measure(sides, operation, clients, first) {
  const results = sides.map(() => ({ latencies: [], seconds: 0, codes: {}, cpu: 0, rest: 0 }));
  for (let start = 0; start < count; start += CHUNK) {
    const turns = (start / CHUNK) % 2 ? [1, 0] : [0, 1];
    for (const turn of turns) {
      const [side, result] = [sides[turn], results[turn]];
      const [cpu, rest, began] = [side.cpu(), side.rest(), performance.now()];
      await sideBySide(Math.min(CHUNK, count - start), clients, async (index) => {
        const sent = performance.now();
        const { status } = await side.operations[operation](first + start + index);
        result.latencies.push(performance.now() - sent);
        result.codes[status] = (result.codes[status] ?? 0) + 1;
      });
      result.seconds += (performance.now() - began) / 1000;
      result.cpu += side.cpu() - cpu;
      result.rest += side.rest() - rest;
    }
  }
  return results;
}

async function compare(name, directory, inMemory) {
  const database = await startPostgresql(path.join(directory, "postgresql"), options["synchronous-commit"]);
  const betterAuth = await startBetterAuth(database.port);
  const stack = await startStack(options.stack, inMemory ? undefined : path.join(directory, "stack"));
  const run = Math.random().toString(36).slice(2, 8);
  const users = WARM_UP + 2 * count;
  const sides = [
    {
      operations: await ours.prepare(stack, run, users),
      cpu: () => ofChildren(stack.pid),
      rest: () => ofProcess(stack.pid),
    },
    {
      operations: await theirs.prepare(betterAuth.url, run, users),
      cpu: () => ofProcess(betterAuth.pid),
      rest: () => ofChildren(database.pid),
    },
  ];
  const both = async (operation) => {
    for (const { operations } of sides) await sideBySide(WARM_UP, 16, (index) => operations[operation](index));
    for (const [turn, clients] of [1, 16].entries()) {
      const results = await measure(sides, operation, clients, WARM_UP + turn * count);
      console.log(row(name, operation, clients, count, results));
    }
  };
  await both("invite");
  await sides[0].operations.readEmails();
  await both("accept");
  await both("list");
  await both("changeRole");
}

let directory;

async function cleanUp() {
  await stopAll();
  if (directory) fs.rmSync(directory, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => cleanUp().finally(() => process.exit(1)));

if (!options.stack) buildStack();
console.log(header());
for (const [name, base] of [["memory", options.memory], ["disk", options.disk]]) {
  directory = fs.mkdtempSync(path.join(base, "better-auth-"));
  fs.chmodSync(directory, 0o755);
  try {
    await compare(name, directory, name === "memory");
  } finally {
    await cleanUp();
  }
}
process.exit();
