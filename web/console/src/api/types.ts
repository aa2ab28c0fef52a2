/**
 * The records of /api/v1, as in src/Protocol/Rest. Times are ISO 8601 in UTC; amounts of money are
 * text such as "12.50 CNY", so that no digit is lost to floating point.
 */

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Identity {
  name: string;
  tenant: string;
  project: string;
  role: 'operator' | 'provider' | 'member' | 'viewer';
  domain: string;
  version: string;
}

export interface Usage {
  cpuMillicores: number;
  memoryBytes: number;
  diskBytes: number;
  accelerators: number;
}

export interface PriceList {
  cpuCoreHour: number;
  memoryGibHour: number;
  acceleratorHour: Record<string, number>;
}

export interface NodeView {
  id: string;
  agentId: string;
  state: string;
  used: Usage;
  total: Usage;
  loadShare: number;
  canSandbox: boolean;
  isolationNote: string;
  lastSeen: string;
  operatingSystem: string;
  networkSwitch: string;
}

export interface PoolView {
  id: string;
  site: string;
  driver: string;
  prices: PriceList;
  speed: number;
  wattsPerCore: number;
  isDraining: boolean;
  nodes: NodeView[];
  used: Usage;
  total: Usage;
}

export interface SiteView {
  id: string;
  name: string;
  provider: string;
  tier: string;
  region: string;
  sovereignty: string;
  latitude: number;
  longitude: number;
  pue: number;
  carbonGramsPerKwhByHour: number[];
  powerPricePerKwhByHour: number[];
  pools: PoolView[];
  used: Usage;
  total: Usage;
  isConnected: boolean;
}

export interface LinkView {
  id: string;
  from: string;
  to: string;
  bitsPerSecond: number;
  latencyMicroseconds: number;
  pricePerGigabyte: number;
  reservedBitsPerSecond: number;
  measured: MeasuredView | null;
  isFresh: boolean;
}

/** What agents measured between two sites. Latency is one way; the rate is zero where none was seen. */
export interface MeasuredView {
  at: string;
  latencyMicroseconds: number;
  jitterMicroseconds: number;
  lossShare: number;
  bitsPerSecond: number;
}

export interface SitePairView {
  from: string;
  to: string;
  circle: 'metro' | 'region' | 'nation' | 'beyond';
  latencyMicroseconds: number | null;
  source: 'measured' | 'declared' | 'unknown';
  declaredLatencyMicroseconds: number | null;
  isFresh: boolean;
  measured: MeasuredView | null;
}

export interface CirclesView {
  pairCount: number;
  measuredPairCount: number;
  target: string;
  shareMeetingTarget: number | null;
  shares: { circle: 'metro' | 'region' | 'nation'; latencyMicrosecondsMax: number; pairCount: number; share: number }[];
}

/** The circuit of a transfer: asked for by the domain, and in force at the sender, as far as that is known. */
export interface CircuitView {
  transfer: number;
  from: string;
  to: string;
  links: string[];
  bitsPerSecond: number;
  start: string;
  finish: string;
  inForce: { driver: string; state: string; bitsPerSecond: number; path: string; detail: string; mendedCount: number; at: string } | null;
}

export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type TaskState = JobState | 'staging';

export interface TaskCounts {
  waiting: number;
  staging: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}

export interface JobSummary {
  id: number;
  name: string;
  project: string;
  owner: string;
  state: JobState;
  taskCount: number;
  tasks: TaskCounts;
  submittedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  sites: string[];
  cost: string;
  held: string;
  pendingReason: string | null;
  isService: boolean;
}

export interface JobEventView {
  at: string;
  kind: string;
  task: number | null;
  site: string | null;
  text: string;
}

export interface TransferPlan {
  dataset: string;
  fromSite: string;
  toSite: string;
  path: string[];
  bytes: number;
  bitsPerSecond: number;
  start: string;
  finish: string;
  price: string;
}

export interface Candidate {
  pool: string;
  site: string;
  verdict: 'chosen' | 'eligible' | 'refused';
  lostBy: string;
  ready: string | null;
  start: string | null;
  finish: string | null;
  price: string | null;
  carbonGrams: number | null;
  latencyMilliseconds: number | null;
}

export interface Placement {
  pool: string | null;
  site: string | null;
  start: string | null;
  finish: string | null;
  price: string | null;
  carbonGrams: number | null;
  transfers: TransferPlan[];
  candidates: Candidate[];
  objective: string;
  pendingReason: string | null;
  changes: string[];
  learned: string | null;
}

export interface BillLine {
  at: string;
  job: number;
  jobName: string;
  project: string;
  kind: string;
  payee: string;
  amount: string;
  text: string;
}

export interface Bill {
  tenant: string;
  available: string;
  held: string;
  spent: string;
  lines: BillLine[];
  nextCursor: string | null;
}

export interface JobDetail {
  summary: JobSummary;
  specYaml: string;
  placement: Placement | null;
  timeline: JobEventView[];
  outputDatasets: string[];
  endpoints: string[];
  costs: BillLine[];
  failure: string | null;
}

export interface TaskView {
  index: number;
  state: TaskState;
  attempt: number;
  site: string | null;
  pool: string | null;
  node: string | null;
  placedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  reason: string | null;
  detail: string | null;
  stagingSeconds: number;
  runSeconds: number;
  bytesMoved: number;
  cost: string;
  sandboxed: boolean;
  endpoint: string | null;
}

export interface Quote {
  placement: Placement;
  expected: string;
  holdAtMost: string;
  taskCount: number;
}

export interface Submitted {
  id: number;
  name: string;
  quote: Quote;
}

export interface DatasetView {
  name: string;
  project: string;
  version: number;
  root: string;
  bytes: number;
  files: number;
  sovereignty: string;
  sites: string[];
  createdAt: string;
  origin: string;
}

export interface TransferView {
  id: number;
  dataset: string;
  version: number;
  purpose: 'send' | 'staging' | 'delivery';
  mode: 'dedicated' | 'aggregated' | 'offpeak';
  state: 'admitted' | 'moving' | 'paused' | 'done' | 'failed' | 'cancelled';
  from: string[];
  to: string[];
  bytes: number;
  bytesDone: number;
  bitsPerSecond: number;
  secondsLeft: number | null;
  priority: number;
  job: number;
  owner: string;
  submittedAt: string;
  deadline: string | null;
  promised: string;
  expected: string;
  finishedAt: string | null;
  kept: boolean | null;
  cost: string;
  held: string;
  reason: string | null;
}

export interface TransferDetail {
  summary: TransferView;
  bytesSent: number;
  failures: number;
  hops: HopView[];
}

export interface HopView {
  site: string;
  node: string;
  isRelay: boolean;
  isSealed: boolean;
  state: 'planned' | 'waiting' | 'moving' | 'paused' | 'done' | 'failed';
  bytes: number;
  bytesDone: number;
  bitsPerSecond: number;
  price: string;
  windows: HopWindowView[];
}

export interface HopWindowView {
  start: string;
  finish: string;
  sources: HopSourceView[];
}

export interface HopSourceView {
  site: string;
  node: string;
  path: string[];
  bitsPerSecond: number;
}

export interface Fault {
  file: string | null;
  line: number | null;
  column: number | null;
  message: string;
  hint: string | null;
}

export interface Problem {
  type?: string;
  title?: string;
  detail?: string | null;
  errors?: Fault[] | null;
}
