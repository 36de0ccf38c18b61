// Starts and stops what is measured.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const HERE = import.meta.dirname;
const WORKSPACE = path.resolve(HERE, "../../..");

const started = [];

/** Starts a process and resolves with it and the first line of its output that contains `ready`. */
function start(command, parameters, ready, options) {
  const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "pipe"], ...options });
  started.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk) => {
      output = (output + chunk).slice(-100_000);
      const line = output.split("\n").find((text) => text.includes(ready));
      if (line) resolve({ pid: child.pid, line });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)));
  });
}

/** Stops everything, the last one first. */
export async function stopAll() {
  for (const child of started.splice(0).reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.on("exit", resolve));
    // SIGINT: to PostgreSQL it means to stop without waiting for clients.
    child.kill("SIGINT");
    await ended;
  }
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PostgreSQL does not run as root. */
function postgresUser() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

export async function startPostgresql(directory, commits) {
  const user = postgresUser();
  fs.mkdirSync(directory, { recursive: true });
  if (user.uid !== undefined) fs.chownSync(directory, user.uid, user.gid);
  const options = { ...user, cwd: directory };
  const data = path.join(directory, "data");
  execFileSync("initdb", ["--pgdata", data, "--username", "postgres", "--auth", "trust"], { ...options, stdio: "ignore" });
  const port = await freePort();
  const settings = [`synchronous_commit=${commits}`, "listen_addresses=127.0.0.1", "max_connections=60"];
  const parameters = ["-D", data, "-p", String(port), "-k", directory, ...settings.flatMap((one) => ["-c", one])];
  const { pid } = await start("postgres", parameters, "ready to accept connections", options);
  return { pid, port };
}

export async function startBetterAuth(databasePort) {
  const port = await freePort();
  const parameters = [path.join(HERE, "server.mjs"), String(port), String(databasePort)];
  const { pid } = await start(process.execPath, parameters, "ready", {});
  return { pid, url: `http://127.0.0.1:${port}` };
}

// One member invites every user here, which the default limits do not allow.
const PARAMETERS = ["InvitationsPerInviterPerDay=5000", "InvitationsPerOrganizationPerDay=5000"];

/** Starts the local stack's release binary, which builds the functions in release, too. */
export async function startStack(binary, data) {
  const program = binary ?? path.join(WORKSPACE, "target/release/local-stack");
  const ports = ["--api-port", "0", "--aws-port", "0"];
  const limits = PARAMETERS.flatMap((parameter) => ["--parameter", parameter]);
  const parameters = [...ports, ...limits, ...(data ? ["--data", data] : ["--memory"])];
  const { pid, line } = await start(program, parameters, "ready  API", { cwd: WORKSPACE });
  const [, api, aws] = /API (\S+)\s+AWS (\S+)/.exec(line);
  return { pid, api, aws };
}

export function buildStack() {
  execFileSync("cargo", ["build", "--release", "--bin", "local-stack"], { cwd: WORKSPACE, stdio: "inherit" });
}
