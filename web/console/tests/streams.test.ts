import { describe, expect, it } from 'vitest';
import { address } from '../src/api/client';
import { EventStreamReader } from '../src/api/eventStream';
import { tokenInFragment } from '../src/api/session';
import { appendLog, logCharactersMax } from '../src/jobs/logText';

describe('event stream', () => {
  const stream = 'id: 7\nevent: job\ndata: {"job":1}\ndata: more\n\n: comment\n\nid: 8\r\ndata: x\r\n\r\n';

  it('reads the same events however the stream is cut', () => {
    const whole = new EventStreamReader().read(stream);
    for (let size = 1; size < stream.length; size += 1) {
      const reader = new EventStreamReader();
      const events = [];
      for (let from = 0; from < stream.length; from += size) events.push(...reader.read(stream.slice(from, from + size)));
      expect(events, `pieces of ${size}`).toEqual(whole);
      expect(reader.lastEventId).toBe('8');
    }
    expect(whole).toEqual([{ id: '7', name: 'job', data: '{"job":1}\nmore' }, { id: '8', name: 'message', data: 'x' }]);
  });

  it('forgets half an event after a cut and keeps the last id', () => {
    const reader = new EventStreamReader();
    reader.read('id: 3\ndata: a\n\ndata: half');
    reader.forgetPartial();
    expect(reader.read('data: b\n\n')).toEqual([{ id: '3', name: 'message', data: 'b' }]);
  });
});

describe('log', () => {
  it('keeps a bounded end that begins at a line', () => {
    let log = { text: '', droppedBytes: 0 };
    for (let line = 0; line < 100_000; line += 1000)
      log = appendLog(log, Array.from({ length: 1000 }, (_, index) => `line ${line + index}\n`).join(''));
    expect(log.text.length).toBeLessThanOrEqual(logCharactersMax);
    expect(log.text).toMatch(/^line \d+\n/);
    expect(log.text.endsWith('line 99999\n')).toBe(true);
    expect(log.droppedBytes).toBeGreaterThan(0);
  });

  it('shows no terminal controls', () => {
    expect(appendLog({ text: '', droppedBytes: 0 }, '\x1b[31mred\x1b[0m\r\nnext\x07').text).toBe('red\nnext');
  });
});

describe('addresses', () => {
  it('carry only what is asked for', () => {
    expect(address('jobs', { state: '', cursor: null, limit: 25 })).toBe('/api/v1/jobs?limit=25');
    expect(address('jobs', { cursor: 'a b&c' })).toBe('/api/v1/jobs?cursor=a+b%26c');
  });

  it('give a token from a fragment about tokens and from no other', () => {
    expect(tokenInFragment('#token=mer_abc-123')).toBe('mer_abc-123');
    expect(tokenInFragment('#token=')).toBe('');
    expect(tokenInFragment('#content')).toBeNull();
    expect(tokenInFragment('')).toBeNull();
  });
});
