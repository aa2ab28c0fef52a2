// Serves dist and canned answers on loopback: node mock/server.mjs [port]. Any token but "wrong" is accepted.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as world from './world.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const port = Number(process.argv[2] ?? 5199);
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/v1/')) return sendFile(url.pathname, response);
  if (!/^Bearer (?!wrong$).+/.test(request.headers.authorization ?? '')) return sendProblem(response, 401, { type: 'unauthenticated', title: 'The token is not valid' });
  answer(request, url, url.pathname.slice('/api/v1/'.length), response);
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/#token=demo`));

function answer(request, url, path, response) {
  const job = /^jobs\/(\d+)(?:\/(.*))?$/.exec(path);
  if (request.method === 'POST' && (path === 'quotes' || path === 'jobs')) return takeJob(request, path, response);
  if (request.method === 'POST') return send(response, {});
  if (path === 'events') return followEvents(request, response);
  if (path === 'whoami') return send(response, world.identity);
  if (path === 'bill') {
    const { items, nextCursor } = page(world.lines, url);
    return send(response, { ...world.bill, lines: items, nextCursor });
  }
  const lists = { sites: world.sites, links: world.links, datasets: world.datasets, transfers: world.transfers(), 'network/pairs': world.sitePairs, 'network/circuits': world.circuits };
  if (path === 'network/circles') return send(response, world.circles);
  if (lists[path]) return send(response, page(lists[path], url));
  const transfer = /^transfers\/(\d+)$/.exec(path);
  if (transfer) return send(response, world.transfer(Number(transfer[1])));
  if (path === 'jobs') return send(response, page(world.jobs().filter((each) => [null, each.state].includes(url.searchParams.get('state'))), url));
  const detail = job && world.jobOf(Number(job[1]));
  if (!detail) return sendProblem(response, 404, { type: 'not-found', title: 'There is no such job' });
  if (job[2] === undefined) return send(response, detail);
  if (job[2] === 'why') return send(response, world.whyOf(Number(job[1])));
  if (job[2] === 'tasks') return send(response, page(world.tasksOf(Number(job[1])), url));
  return followLog(request, url, response);
}

function takeJob(request, path, response) {
  let yaml = '';
  request.on('data', (piece) => (yaml += piece)).on('end', () => {
    const lines = yaml.split('\n');
    const errors = lines.flatMap((text, index) => /\bcpus:/.test(text)
      ? [{ file: 'job.yaml', line: index + 1, column: text.indexOf('cpus') + 1, message: "The key 'cpus' is not known", hint: "Did you mean 'cpu'?" }]
      : []);
    if (errors.length > 0) return sendProblem(response, 400, { type: 'job-file', title: 'The job file has faults', errors });
    send(response, path === 'quotes' ? world.quote : { id: 203, name: 'render', quote: world.quote });
  });
}

function followEvents(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  let id = 0;
  const timer = setInterval(() => response.write(`id: ${(id += 1)}\nevent: job\ndata: {"job":203}\n\n`), 2000);
  request.on('close', () => clearInterval(timer));
}

function followLog(request, url, response) {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  const past = Array.from({ length: 60 }, (_, index) => `[${String(index).padStart(4, '0')}] Rendering line ${index * 12} of 720, ${(index * 1.7).toFixed(1)} s 渲染中\n`).join('');
  response.write(Buffer.from(past).subarray(Number(url.searchParams.get('offset') ?? 0)));
  if (url.searchParams.get('follow') !== 'true') return response.end();
  let count = 60;
  const timer = setInterval(() => response.write(`[${String((count += 1)).padStart(4, '0')}] Rendering line ${count * 12}\n`), 400);
  request.on('close', () => clearInterval(timer));
}

function page(items, url) {
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 50);
  return { items: items.slice(from, from + limit), nextCursor: from + limit < items.length ? String(from + limit) : null };
}

function send(response, body, status = 200, type = 'application/json') {
  response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(body));
}

function sendProblem(response, status, problem) {
  send(response, problem, status, 'application/problem+json');
}

function sendFile(path, response) {
  const wanted = join(dist, normalize(path));
  const file = wanted.startsWith(dist) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html');
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}
