import { useEffect, useRef, useState } from 'react';
import { ApiError, request } from '../api/client';
import { chunks, delay } from '../api/events';
import { appendLog } from './logText';

export interface LogState {
  text: string;
  droppedBytes: number;
  status: 'reading' | 'ended';
  failure: Error | null;
}

const start: LogState = { text: '', droppedBytes: 0, status: 'reading', failure: null };
const paintEveryMilliseconds = 120;
const retriesMax = 8;
const askAgainAfterMilliseconds = 1_000;

/** Reads a log to its end and, while the task lives, on from there; a cut line is taken up at the byte where it broke. */
export function useLog(job: number, task: number, attempt: number, isGrowing: boolean): LogState {
  const [log, setLog] = useState<LogState>(start);
  const growing = useRef(isGrowing);
  growing.current = isGrowing;

  useEffect(() => {
    const abort = new AbortController();
    const painter = new Painter(setLog);
    setLog(start);
    void read(`jobs/${job}/tasks/${task}/log`, () => growing.current, abort.signal, painter);
    return () => {
      abort.abort();
      painter.stop();
    };
  }, [job, task, attempt]);

  return log;
}

async function read(path: string, isGrowing: () => boolean, signal: AbortSignal, painter: Painter) {
  const decoder = new TextDecoder();
  let offset = 0;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const wasGrowing = isGrowing();
      const response = await request(path, { query: { offset, follow: wasGrowing }, headers: { Accept: 'text/plain' }, signal });
      for await (const chunk of chunks(response)) {
        offset += chunk.byteLength;
        failures = 0;
        painter.add(decoder.decode(chunk, { stream: true }));
      }
      // A task that was alive when the reading began may have written between the two.
      if (!wasGrowing) {
        painter.end(null);
        return;
      }
      await delay(askAgainAfterMilliseconds, signal);
    } catch (failure) {
      if (signal.aborted) return;
      const isRefused = failure instanceof ApiError && failure.status >= 400 && failure.status < 500;
      failures += 1;
      if ((isRefused && !(failure.status === 404 && isGrowing())) || failures > retriesMax) {
        painter.end(failure as Error);
        return;
      }
      await delay(500 * failures, signal);
    }
  }
}

/** Gathers what arrives, because a busy task writes faster than a page should be drawn. */
class Painter {
  private state = start;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly paint: (state: LogState) => void) {}

  add(piece: string) {
    this.state = { ...this.state, ...appendLog(this.state, piece) };
    this.timer ??= setTimeout(() => this.now(), paintEveryMilliseconds);
  }

  end(failure: Error | null) {
    this.state = { ...this.state, status: 'ended', failure };
    this.now();
  }

  stop() {
    clearTimeout(this.timer);
  }

  private now() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.paint(this.state);
  }
}
