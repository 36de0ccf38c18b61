// A small HTTP client with kept connections, the same for both sides.
import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a request with a JSON body, if any, and returns status, headers and the parsed body. */
export function request(base, method, path, headers, body) {
  const url = new URL(base);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const content = text === undefined
    ? {}
    : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const options = { host: url.hostname, port: url.port, method, path, agent, headers: { ...content, ...headers } };
    const sent = http.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        let json;
        try {
          json = JSON.parse(Buffer.concat(chunks).toString());
        } catch {
          json = undefined;
        }
        resolve({ status: response.statusCode, headers: response.headers, json });
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

/** The response, or an error unless it succeeded. */
export function succeeded(response) {
  if (response.status >= 300) throw new Error(`${response.status} ${JSON.stringify(response.json)}`);
  return response;
}

/** Calls `work(0)` … `work(count - 1)`, so many at a time. */
export async function sideBySide(count, clients, work) {
  let next = 0;
  const client = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: clients }, client));
}
