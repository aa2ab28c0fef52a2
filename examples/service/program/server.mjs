// A small HTTP service. It answers at / with what it knows of itself, and at /healthz when it is well.
// PORT names its port; HOST its address, loopback unless given.
import { createServer } from "node:http";

const port = Number(process.env.PORT);
const host = process.env.HOST ?? "127.0.0.1";
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("PORT must name a TCP port, from 1 to 65535");
  process.exit(2);
}

const began = Date.now();
let answered = 0;

const server = createServer((request, response) => {
  const pathname = request.url.split("?")[0];
  if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, { error: "only GET is answered" });
  if (pathname === "/healthz") return answer(response, 200, { well: true });
  if (pathname !== "/") return answer(response, 404, { error: `nothing at ${pathname}` });

  answered += 1;
  answer(response, 200, {
    service: "hello",
    job: process.env.MERIDIAN_JOB,
    replica: Number(process.env.MERIDIAN_TASK_INDEX ?? 0),
    answered,
    upSeconds: (Date.now() - began) / 1000,
  });
});

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body) + "\n");
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    console.log(`${signal}: stops after ${answered} answers`);
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });

server.listen(port, host, () => console.log(`listens at http://${host}:${port}/`));
