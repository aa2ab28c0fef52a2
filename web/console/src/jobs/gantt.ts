import type { TaskView } from '../api/types';

export type SpanKind = 'waiting' | 'staging' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface Span {
  kind: SpanKind;
  from: number;
  to: number;
}

/**
 * What a task did when, in milliseconds since the epoch: it waited for a place, its data was staged, it ran.
 * Staging ends where running begins; a task that has not begun to run is still at what its state says.
 */
export function spansOf(task: TaskView, submittedAt: string, now: number): Span[] {
  const submitted = Date.parse(submittedAt);
  const placed = parse(task.placedAt);
  const started = parse(task.startedAt);
  const finished = parse(task.finishedAt);
  const end = finished ?? now;
  if (placed === null) return compact([{ kind: 'waiting', from: submitted, to: end }]);

  const stagingEnd = started ?? (task.state === 'staging' ? end : Math.min(end, placed + task.stagingSeconds * 1000));
  const stagingStart = started === null ? placed : Math.max(placed, started - task.stagingSeconds * 1000);
  return compact([
    { kind: 'waiting', from: submitted, to: stagingStart },
    { kind: 'staging', from: stagingStart, to: stagingEnd },
    ...(started === null ? [] : [{ kind: outcome(task), from: started, to: end }]),
  ]);
}

/** The interval that shows all the spans, never empty. */
export function extentOf(rows: readonly Span[][], now: number): { from: number; to: number } {
  const spans = rows.flat();
  if (spans.length === 0) return { from: now - 1000, to: now };
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  return { from, to: Math.max(to, from + 1000) };
}

/** Round offsets in seconds from the beginning, about as many as wanted. */
export function ticksOf(lengthSeconds: number, ticksWanted: number): number[] {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  const step = steps.find((candidate) => lengthSeconds / candidate <= ticksWanted) ?? lengthSeconds / ticksWanted;
  return Array.from({ length: Math.floor(lengthSeconds / step + 1e-9) + 1 }, (_, index) => Number((index * step).toFixed(3)));
}

function outcome(task: TaskView): SpanKind {
  return task.state === 'succeeded' || task.state === 'failed' || task.state === 'cancelled' ? task.state : 'running';
}

function parse(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}

function compact(spans: Span[]): Span[] {
  return spans.filter((span) => span.to > span.from);
}
