// better-auth with its organization plugin as a server of its own: node server.mjs PORT POSTGRESQL_PORT
import http from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { organization } from "better-auth/plugins";
import pg from "pg";

const [port, databasePort] = process.argv.slice(2).map(Number);
const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: "a-secret-that-guards-nothing-0123456789",
  database: new pg.Pool({
    host: "127.0.0.1", port: databasePort, user: "postgres", database: "postgres", max: 20,
    // Its connections stay, also while it is not its turn.
    idleTimeoutMillis: 0,
  }),
  emailAndPassword: { enabled: true },
  // What would only cost it time, or end the run.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [
    organization({ membershipLimit: 1_000_000, invitationLimit: 1_000_000, sendInvitationEmail: async () => {} }),
  ],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const handler = toNodeHandler(betterAuth(options));
http.createServer((request, response) => handler(request, response)).listen(port, "127.0.0.1", () => console.log("ready"));
