// A small invented domain for looking at the console without a server. Times run from the start of the process.
const begun = Date.now();
const at = (seconds) => new Date(begun + seconds * 1000).toISOString();
const GiB = 1024 ** 3;
const usage = (cpu, memory, disk = 100, accelerators = 0) => ({
  cpuMillicores: cpu * 1000, memoryBytes: memory * GiB, diskBytes: disk * GiB, accelerators,
});
const solar = Array.from({ length: 24 }, (_, hour) => Math.round(310 - 240 * Math.max(0, Math.sin(((hour + 2) / 24) * 2 * Math.PI))));
const peak = Array.from({ length: 24 }, (_, hour) => Number((0.62 + 0.35 * Math.max(0, Math.sin(((hour - 1) / 24) * 2 * Math.PI))).toFixed(3)));

function site(id, name, provider, tier, region, latitude, longitude, extra) {
  const pool = {
    id: `${id}-cpu`, site: id, driver: 'process', prices: { cpuCoreHour: extra.price, memoryGibHour: 0.02, acceleratorHour: {} },
    speed: 1, wattsPerCore: 12, isDraining: false, used: extra.used, total: extra.total,
    nodes: [{ id: `${id}-1`, agentId: `agent-${id}`, state: 'ready', used: extra.used, total: extra.total, loadShare: 0.4, canSandbox: tier !== 'edge', isolationNote: tier === 'edge' ? 'bubblewrap is not installed' : '', lastSeen: at(0), operatingSystem: 'Debian GNU/Linux 12' }],
  };
  return { id, name, provider, tier, region, sovereignty: 'cn', latitude, longitude, pue: extra.pue, carbonGramsPerKwhByHour: extra.carbon, powerPricePerKwhByHour: extra.power, pools: [pool], used: extra.used, total: extra.total, isConnected: extra.connected ?? true };
}

export const sites = [
  site('east-studio', 'East studio', 'lumen-pictures', 'region', 'east', 31.2, 121.5, { price: 0.32, pue: 1.45, carbon: [560], power: peak, used: usage(5, 9, 20), total: usage(8, 32, 500) }),
  site('west-core', 'West core', 'qilian-compute', 'core', 'west', 37.5, 105.2, { price: 0.11, pue: 1.12, carbon: solar, power: [0.29], used: usage(26, 80, 90, 3), total: usage(64, 256, 4000, 8) }),
  site('edge-box', 'Edge box', 'harbour-telecom', 'edge', 'east', 30.3, 120.2, { price: 0.6, pue: 1.6, carbon: [560], power: [0.78], used: usage(0.5, 0.25, 1), total: usage(4, 8, 60) }),
];

const measuredOf = (latency) => ({ at: at(-1), latencyMicroseconds: latency + 140, jitterMicroseconds: 60, lossShare: 0, bitsPerSecond: 9e8 });
const link = (from, to, bits, latency, price, reserved = 0) => ({ id: `${from}-${to}`, from, to, bitsPerSecond: bits, latencyMicroseconds: latency, pricePerGigabyte: price, reservedBitsPerSecond: reserved, measured: measuredOf(latency), isFresh: true });
export const links = [
  link('east-studio', 'west-core', 1e9, 28_000, 0.05, 6e8), link('west-core', 'east-studio', 1e9, 28_000, 0.05, 5e7),
  link('east-studio', 'edge-box', 1e10, 2_100, 0.01), link('edge-box', 'east-studio', 1e10, 2_100, 0.01),
  link('edge-box', 'west-core', 2e8, 31_000, 0.08), link('west-core', 'edge-box', 2e8, 31_000, 0.08),
];

export const sitePairs = links.map(({ from, to, latencyMicroseconds, measured }) => ({
  from, to, circle: latencyMicroseconds < 5_000 ? 'region' : 'beyond', latencyMicroseconds: measured.latencyMicroseconds,
  source: 'measured', declaredLatencyMicroseconds: latencyMicroseconds, isFresh: true, measured,
}));

const circle = (name, latencyMicrosecondsMax, pairCount) => ({ circle: name, latencyMicrosecondsMax, pairCount, share: pairCount / 6 });
export const circles = {
  pairCount: 6, measuredPairCount: 6, target: 'by-region', shareMeetingTarget: 2 / 6, sites: [], history: [],
  shares: [circle('metro', 1_000, 0), circle('region', 5_000, 2), circle('nation', 20_000, 2)],
};

export const circuits = [{
  transfer: 7, from: 'east-studio/default/n1', to: 'west-core/default/n1', links: ['east-studio-west-core'], bitsPerSecond: 6e8, start: at(-2), finish: at(12),
  inForce: { driver: 'pace', state: 'in-force', bitsPerSecond: 6e8, path: '', detail: '', mendedCount: 0, at: at(-1) },
}];

const none = { waiting: 0, staging: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
const summary = (id, name, state, taskCount, tasks, extra = {}) => ({
  id, name, project: 'demo', owner: 'mei', state, taskCount, tasks: { ...none, ...tasks }, submittedAt: at(-90 - (200 - id) * 40),
  startedAt: state === 'waiting' ? null : at(-70 - (200 - id) * 40), finishedAt: state === 'waiting' || state === 'running' ? null : at(-20 - (200 - id) * 40),
  sites: state === 'waiting' ? [] : ['west-core'], cost: '0.0421 CNY', held: '0 CNY', pendingReason: null, isService: false, ...extra,
});

const renderTasks = () => Array.from({ length: 24 }, (_, index) => {
  const start = -62 + Math.floor(index / 6) * 21 + (index % 6) * 1.4;
  const end = start + 17 + ((index * 7) % 5);
  const now = (Date.now() - begun) / 1000;
  const state = index === 9 ? 'failed' : now >= end ? 'succeeded' : now >= start ? 'running' : now >= start - 6 ? 'staging' : 'waiting';
  const isPlaced = state !== 'waiting';
  return {
    index, state, attempt: 1, site: isPlaced ? 'west-core' : null, pool: isPlaced ? 'west-core-cpu' : null, node: isPlaced ? 'west-core-1' : null,
    placedAt: isPlaced ? at(-88) : null, startedAt: ['waiting', 'staging'].includes(state) ? null : at(start),
    finishedAt: ['succeeded', 'failed'].includes(state) ? at(Math.min(end, now)) : null, exitCode: state === 'succeeded' ? 0 : state === 'failed' ? 137 : null,
    reason: state === 'failed' ? 'out of memory' : null, detail: state === 'failed' ? 'The task asked for 512 MiB and was stopped at it' : null,
    stagingSeconds: index < 6 ? 18.4 : 0.2, runSeconds: Math.max(0, Math.min(end, now) - start), bytesMoved: index === 0 ? 412 * 1024 ** 2 : 0,
    cost: `${(0.0021 + index * 0.00003).toFixed(6)} CNY`, sandboxed: true, endpoint: null,
  };
});

export function jobs() {
  const tasks = renderTasks();
  const counts = { ...none };
  for (const task of tasks) counts[task.state] += 1;
  const isDone = counts.succeeded + counts.failed === 24;
  return [
    summary(203, 'render', isDone ? 'failed' : 'running', 24, counts, { submittedAt: at(-90), startedAt: at(-62), finishedAt: isDone ? at(26) : null, cost: '0.051300 CNY', held: '0.218 CNY' }),
    summary(202, 'greeter', 'running', 1, { running: 1 }, { isService: true, sites: ['edge-box'], submittedAt: at(-5400), startedAt: at(-5397), cost: '0.4512 CNY' }),
    summary(201, 'train', 'waiting', 4, { waiting: 4 }, { pendingReason: 'No pool has 4 GPUs with 40 GiB free before the deadline', held: '312.40 CNY', cost: '0 CNY', submittedAt: at(-600) }),
    summary(200, 'well-logs', 'succeeded', 1, { succeeded: 1 }, { sites: ['east-studio'], submittedAt: at(-7200), startedAt: at(-7180), finishedAt: at(-7102) }),
    ...Array.from({ length: 56 }, (_, index) => summary(199 - index, ['hello', 'render', 'well-logs', 'transcode'][index % 4], ['succeeded', 'succeeded', 'failed', 'succeeded', 'cancelled'][index % 5], 1 + (index % 3) * 8, index % 5 === 2 ? { failed: 1, succeeded: (index % 3) * 8 } : index % 5 === 4 ? { cancelled: 1 + (index % 3) * 8 } : { succeeded: 1 + (index % 3) * 8 })),
  ];
}

export const tasksOf = (id) => id === 203 ? renderTasks() : [{ ...renderTasks()[0], state: jobs().find((job) => job.id === id)?.state ?? 'succeeded', startedAt: id === 201 ? null : at(-5397), finishedAt: id === 202 || id === 201 ? null : at(-5300), endpoint: id === 202 ? 'http://127.0.0.1:8088/' : null }];

const candidates = [
  { pool: 'east-studio-cpu', site: 'east-studio', verdict: 'eligible', lostBy: 'costs 2.9 times as much (+0.42 CNY) and emits 5.1 times the carbon', ready: at(-89), start: at(-88), finish: at(60), price: '0.641 CNY', carbonGrams: 92.4, latencyMilliseconds: 0.2 },
  { pool: 'west-core-cpu', site: 'west-core', verdict: 'chosen', lostBy: '', ready: at(-70), start: at(-62), finish: at(26), price: '0.218 CNY', carbonGrams: 18.2, latencyMilliseconds: 28 },
  { pool: 'edge-box-cpu', site: 'edge-box', verdict: 'refused', lostBy: 'deadline: 4 cores finish 24 tasks 11 minutes late', ready: at(-86), start: null, finish: null, price: null, carbonGrams: null, latencyMilliseconds: 2.1 },
];
const placement = {
  pool: 'west-core-cpu', site: 'west-core', start: at(-62), finish: at(26), price: '0.218 CNY', carbonGrams: 18.2, candidates, objective: 'greenest', pendingReason: null, changes: [],
  transfers: [{ dataset: 'scene@3', fromSite: 'east-studio', toSite: 'west-core', path: ['east-studio', 'west-core'], bytes: 412 * 1024 ** 2, bitsPerSecond: 6e8, start: at(-88), finish: at(-70), price: '0.0216 CNY' }],
};
const waiting = {
  pool: null, site: null, start: null, finish: null, price: null, carbonGrams: null, transfers: [], objective: 'balanced',
  pendingReason: 'No pool has 4 GPUs with 40 GiB free before the deadline', changes: ['Move the deadline 2 h 10 min later: West core has room at 14:20', 'Ask for 3 accelerators: West core can start now'],
  candidates: candidates.map((candidate) => ({ ...candidate, verdict: 'refused', lostBy: candidate.site === 'west-core' ? 'accelerators: 3 of 8 in use, 5 reserved until 14:20' : 'accelerators: the pool has none', ready: null, start: null, finish: null, price: null, carbonGrams: null })),
};
export const whyOf = (id) => (id === 201 ? waiting : placement);
export const quote = { placement, expected: '0.218 CNY', holdAtMost: '0.436 CNY', taskCount: 24 };

const line = (seconds, job, name, kind, payee, amount, text) => ({ at: at(seconds), job, jobName: name, project: 'demo', kind, payee, amount, text });
export const lines = [
  line(-40, 203, 'render', 'transfer', 'backbone', '0.021600 CNY', '412 MiB east-studio → west-core'),
  ...Array.from({ length: 70 }, (_, index) => line(-44 - index * 31, index < 8 ? 203 : 200 - index, index < 8 ? 'render' : 'well-logs', index % 4 === 3 ? 'transfer' : 'compute', index % 4 === 3 ? 'backbone' : 'qilian-compute', `${(0.0021 + index * 0.00011).toFixed(6)} CNY`, index % 4 === 3 ? '12 MiB west-core → east-studio' : `task ${index % 24}: ${17 + (index % 5)} s of 1 core`)),
];

export function jobOf(id) {
  const found = jobs().find((job) => job.id === id);
  if (found === undefined) return null;
  return {
    summary: found, placement: id === 201 ? null : placement, costs: lines.filter((each) => each.job === id), failure: found.state === 'failed' ? 'Task 9 failed with exit code 137: out of memory. Ask for more memory and retry.' : null,
    specYaml: 'name: render\narray: 24\ncommand: ./scene/render-frame.sh "$MERIDIAN_TASK_INDEX"\nresources: { cpu: 1, memory: 512MiB }\ninputs:\n  - { dataset: scene, mount: scene }\noutputs:\n  - { name: frames, path: frames }\nconstraints:\n  deadline: 30m\nobjective: greenest\n',
    outputDatasets: found.state === 'succeeded' || id === 203 ? ['frames@7'] : [], endpoints: id === 202 ? ['http://127.0.0.1:8088/'] : [],
    timeline: [
      { at: at(-90), kind: 'submitted', task: null, site: null, text: 'by mei' },
      { at: at(-88), kind: 'placed', task: null, site: 'west-core', text: 'greenest of 2 eligible pools' },
      { at: at(-88), kind: 'staging-started', task: 0, site: 'west-core', text: 'scene@3 from east-studio at 600 Mbit/s' },
      { at: at(-70), kind: 'staged', task: 0, site: 'west-core', text: '412 MiB verified' },
      { at: at(-62), kind: 'started', task: 0, site: 'west-core', text: '' },
      { at: at(-44), kind: 'finished', task: 0, site: 'west-core', text: 'exit code 0' },
    ],
  };
}

export const datasets = ['scene', 'frames', 'wells', 'well-report'].flatMap((name, index) => [3, 2].map((version) => ({
  name, project: 'demo', version, root: `${'a3f90c17d2b84e5f'.slice(index)}${version}c6b1e8f0d9a7`, bytes: [412, 96, 3800, 2][index] * 1024 ** 2, files: [61, 24, 118, 4][index],
  sovereignty: index === 2 ? 'cn' : '', sites: index === 0 ? ['east-studio', 'west-core'] : index === 1 ? ['west-core'] : ['east-studio'], createdAt: at(-86400 * (index + 1) + version), origin: index % 2 === 0 ? 'pushed by mei' : 'job 203',
})));

export function transfers() {
  const now = (Date.now() - begun) / 1000;
  const moved = Math.min(1, 0.45 + now / 90);
  const MiB = 1024 ** 2;
  const base = {
    version: 3, purpose: 'send', mode: 'dedicated', from: ['east-studio'], to: ['west-core'], bitsPerSecond: 0, secondsLeft: null, priority: 5, job: 0,
    owner: 'mei', submittedAt: at(-90), deadline: null, finishedAt: null, kept: null, cost: '0.000000 CNY', held: '0.000000 CNY', reason: null,
  };
  return [
    { ...base, id: 31, dataset: 'demo/wells', mode: 'aggregated', bytes: 3800 * MiB, bytesDone: Math.round(3800 * MiB * moved), bitsPerSecond: moved < 1 ? 2e8 : 0, secondsLeft: moved < 1 ? (3800 * MiB * 8 * (1 - moved)) / 2e8 : null, state: moved < 1 ? 'moving' : 'done', promised: at(60), expected: at(60), finishedAt: moved < 1 ? null : at(50), kept: moved < 1 ? null : true, held: '0.190000 CNY' },
    { ...base, id: 32, dataset: 'demo/corpus', mode: 'offpeak', to: ['west-core', 'edge-box'], bytes: 80 * GiB, bytesDone: 0, state: 'admitted', promised: at(30000), expected: at(30000), deadline: at(36000), held: '1.280000 CNY' },
    { ...base, id: 30, dataset: 'demo/scene', purpose: 'staging', job: 203, bytes: 412 * MiB, bytesDone: 412 * MiB, state: 'done', promised: at(-69), expected: at(-69), finishedAt: at(-70), kept: true, cost: '0.021600 CNY' },
    { ...base, id: 28, dataset: 'demo/frames', bytes: 96 * MiB, bytesDone: 48 * MiB, state: 'paused', promised: at(-600), expected: at(-600), held: '0.010000 CNY' },
    { ...base, id: 29, dataset: 'demo/wells', to: ['edge-box'], bytes: 3800 * MiB, bytesDone: 900 * MiB, state: 'failed', promised: at(-3900), expected: at(-3900), finishedAt: at(-3990), kept: false, reason: 'The depot at edge-box has no room: 1.2 GiB free of 3.7 GiB needed' },
  ];
}

export function transfer(id) {
  const summary = transfers().find((known) => known.id === id) ?? transfers()[0];
  const hop = (site, state) => ({
    site, node: `${site}/main/n0`, isRelay: false, state, bytes: summary.bytes, bytesDone: summary.bytesDone, bitsPerSecond: summary.bitsPerSecond, price: summary.held,
    windows: [{ start: at(-60), finish: summary.expected, sources: [{ site: 'east-studio', node: 'east-studio/main/n0', path: ['east-west'], bitsPerSecond: 2e8 }] }],
  });
  return { summary, bytesSent: summary.state === 'done' ? summary.bytes : 0, failures: 0, hops: summary.to.map((site) => hop(site, summary.state === 'admitted' ? 'waiting' : summary.state === 'cancelled' ? 'paused' : summary.state)) };
}

export const identity = { name: 'mei', tenant: 'lumen', project: 'demo', role: 'operator', domain: 'demo.local', version: '0.1.0' };
export const bill = { tenant: 'lumen', available: '9687.12 CNY', held: '312.618 CNY', spent: '0.912400 CNY' };
