// A small HTTP service. It answers at / with what it knows of itself and at /healthz when it is well.
import { createServer } from "node:http";

const began = Date.now();
let answered = 0;
const server = createServer((request, response) => {
  if (request.url === "/healthz") {
    response.end("ok\n");
    return;
  }

  answered += 1;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ service: "hello", job: process.env.MERIDIAN_JOB, answered, upSeconds: (Date.now() - began) / 1000 }) + "\n");
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(`listening at ${process.env.PORT}`));
