import { describe, expect, it } from 'vitest';
import type { TaskView } from '../src/api/types';
import { extentOf, spansOf, ticksOf } from '../src/jobs/gantt';
import { isNameAbove, layOut } from '../src/sites/layout';
import { breakLine, offsetOf, shift } from '../src/submit/editing';
import { templates } from '../src/submit/templates';

const submitted = '2026-03-01T12:00:00Z';
const second = (count: number) => Date.parse(submitted) + count * 1000;
const iso = (count: number) => new Date(second(count)).toISOString();

function task(changes: Partial<TaskView>): TaskView {
  return {
    index: 0, state: 'waiting', attempt: 1, site: null, pool: null, node: null, placedAt: null, startedAt: null, finishedAt: null,
    exitCode: null, reason: null, detail: null, stagingSeconds: 0, runSeconds: 0, bytesMoved: 0, cost: '0 CNY', sandboxed: true,
    endpoint: null, ...changes,
  };
}

describe('timeline', () => {
  it('shows waiting, staging and running of a finished task', () => {
    const done = task({ state: 'succeeded', placedAt: iso(2), startedAt: iso(12), finishedAt: iso(20), stagingSeconds: 6 });
    expect(spansOf(done, submitted, second(99))).toEqual([
      { kind: 'waiting', from: second(0), to: second(6) },
      { kind: 'staging', from: second(6), to: second(12) },
      { kind: 'succeeded', from: second(12), to: second(20) },
    ]);
  });

  it('lets what goes on grow until now', () => {
    expect(spansOf(task({}), submitted, second(5))).toEqual([{ kind: 'waiting', from: second(0), to: second(5) }]);
    const staging = task({ state: 'staging', placedAt: iso(1) });
    expect(spansOf(staging, submitted, second(5)).at(-1)).toEqual({ kind: 'staging', from: second(1), to: second(5) });
    const running = task({ state: 'running', placedAt: iso(1), startedAt: iso(2) });
    expect(spansOf(running, submitted, second(5)).at(-1)).toEqual({ kind: 'running', from: second(2), to: second(5) });
  });

  it('has an extent and ticks whatever there is', () => {
    expect(extentOf([], second(5)).to).toBe(second(5));
    expect(ticksOf(100, 6)).toEqual([0, 30, 60, 90]);
    expect(ticksOf(0.3, 6)).toEqual([0, 0.1, 0.2, 0.3]);
  });
});

describe('map', () => {
  const size = { width: 760, height: 400, margin: 70, distanceMin: 150 };

  it('puts east to the right, north up, and all inside', () => {
    const { points } = layOut([{ id: 'a', latitude: 31, longitude: 121 }, { id: 'b', latitude: 37, longitude: 105 }], size);
    expect(points.get('a')!.x).toBeGreaterThan(points.get('b')!.x);
    expect(points.get('a')!.y).toBeGreaterThan(points.get('b')!.y);
  });

  it('moves sites of one place apart, the same way each time', () => {
    const places = ['a', 'b', 'c'].map((id) => ({ id, latitude: 31, longitude: 121 }));
    const { points } = layOut(places, size);
    const [a, b] = [points.get('a')!, points.get('b')!];
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(100);
    expect([...layOut([...places].reverse(), size).points]).toEqual([...points]);
    for (const { x, y } of points.values()) expect(x >= 70 && x <= 690 && y >= 70 && y <= 330).toBe(true);
  });

  it('shows nothing and one site too', () => {
    expect(layOut([], size).points.size).toBe(0);
    expect(layOut([{ id: 'a', latitude: 0, longitude: 0 }], size).points.get('a')).toEqual({ x: 380, y: 200 });
    expect(isNameAbove({ x: 0, y: 0 }, [{ x: 0, y: 0 }, { x: 3, y: 9 }])).toBe(true);
  });
});

describe('editor', () => {
  it('keeps the indentation and deepens it after a key', () => {
    expect(breakLine({ text: 'resources:', start: 10, end: 10 }).text).toBe('resources:\n  ');
    expect(breakLine({ text: '  cpu: 1', start: 8, end: 8 }).text).toBe('  cpu: 1\n  ');
  });

  it('indents the selected lines and takes it back', () => {
    const there = shift({ text: 'a\nb\nc', start: 0, end: 3 }, 'in');
    expect(there).toEqual({ text: '  a\n  b\nc', start: 2, end: 7 });
    expect(shift(there, 'out').text).toBe('a\nb\nc');
  });

  it('finds a line and column, and the nearest place to one that is not there', () => {
    expect(offsetOf('ab\ncd\n', 2, 2)).toBe(4);
    expect(offsetOf('ab', 9, 9)).toBe(2);
  });

  it('offers job files without tabs, each with a name', () => {
    for (const text of Object.values(templates)) expect(text).toMatch(/^name: /m);
    expect(Object.values(templates).join('')).not.toContain('\t');
  });
});
