import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { request } from './client';
import { EventStreamReader } from './eventStream';

const refreshEveryMilliseconds = 1_500;
const retryAfterMillisecondsMax = 20_000;

export type LiveState = 'connecting' | 'live' | 'cut';

/**
 * Follows the domain's events and refreshes what is on screen. A busy domain sends hundreds of events a
 * second, so they are gathered and cause one refresh per interval. EventSource cannot send the token; fetch can.
 */
export function useLiveEvents(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');

  useEffect(() => {
    const abort = new AbortController();
    const refresh = new GatheredRefresh(client);
    void follow(abort.signal, refresh, setState);
    return () => {
      abort.abort();
      refresh.stop();
    };
  }, [client]);

  return state;
}

async function follow(signal: AbortSignal, refresh: GatheredRefresh, setState: (state: LiveState) => void) {
  const reader = new EventStreamReader();
  for (let failures = 0; !signal.aborted; ) {
    try {
      const lastEventId = reader.lastEventId;
      const response = await request('events', {
        signal,
        headers: { Accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }) },
      });
      setState('live');
      failures = 0;
      refresh.soon();
      const decoder = new TextDecoder();
      for await (const chunk of chunks(response)) {
        if (reader.read(decoder.decode(chunk, { stream: true })).length > 0) refresh.soon();
      }
    } catch {
      // Told by the indicator in the header; the slow poll goes on meanwhile.
    }
    if (signal.aborted) return;
    setState('cut');
    failures += 1;
    reader.forgetPartial();
    await delay(Math.min(1_000 * 2 ** failures, retryAfterMillisecondsMax), signal);
  }
}

/** The chunks of an answer's body as they come. */
export async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

export function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

class GatheredRefresh {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  soon() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      // A refused query would go back to "loading" with every event; its page offers to try again.
      void this.client.invalidateQueries({
        predicate: ({ queryKey, state }) => queryKey[0] !== 'whoami' && state.status !== 'error',
      });
    }, refreshEveryMilliseconds);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
