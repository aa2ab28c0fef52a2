import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { requestJson } from './client';
import type {
  Bill, CirclesView, CircuitView, DatasetView, Identity, JobDetail, JobSummary, LinkView, Page, Placement, Quote, SitePairView,
  SiteView, Submitted, TaskView, TransferDetail, TransferView,
} from './types';

/** Live events refresh what is on screen; the slow poll is for a line that drops them. */
const slowPoll = 20_000;

/** How far data has come is not among the events: it changes all the time. */
const movingPoll = 2_000;

export type TransferChange = 'pause' | 'resume' | 'cancel';

type Cursor = string | null;

export const queries = {
  identity: () =>
    queryOptions({
      queryKey: ['whoami'],
      queryFn: ({ signal }) => requestJson<Identity>('whoami', { signal }),
      staleTime: Infinity,
    }),

  sites: () => everything<SiteView>('sites'),
  links: () => everything<LinkView>('links'),

  circles: () =>
    queryOptions({
      queryKey: ['network', 'circles'],
      queryFn: ({ signal }) => requestJson<CirclesView>('network/circles', { signal }),
      refetchInterval: slowPoll,
    }),

  sitePairs: (cursor: Cursor, limit: number) => page<SitePairView>('network/pairs', { sort: 'latency', cursor, limit }),
  circuits: (cursor: Cursor, limit: number) => page<CircuitView>('network/circuits', { cursor, limit }, movingPoll),

  jobs: (state: string, cursor: Cursor, limit: number) =>
    page<JobSummary>('jobs', { state, cursor, limit }),

  job: (id: number) =>
    queryOptions({
      queryKey: ['jobs', id],
      queryFn: ({ signal }) => requestJson<JobDetail>(`jobs/${id}`, { signal }),
      refetchInterval: slowPoll,
    }),

  why: (id: number) =>
    queryOptions({
      queryKey: ['jobs', id, 'why'],
      queryFn: ({ signal }) => requestJson<Placement>(`jobs/${id}/why`, { signal }),
      refetchInterval: slowPoll,
    }),

  tasks: (id: number, cursor: Cursor, limit: number) => page<TaskView>(`jobs/${id}/tasks`, { cursor, limit }),

  datasets: (cursor: Cursor, limit: number) => page<DatasetView>('datasets', { cursor, limit }),
  transfers: (state: string, cursor: Cursor, limit: number) => page<TransferView>('transfers', { state, cursor, limit }, movingPoll),

  transfer: (id: number) =>
    queryOptions({
      queryKey: ['transfers', id],
      queryFn: ({ signal }) => requestJson<TransferDetail>(`transfers/${id}`, { signal }),
      refetchInterval: movingPoll,
    }),

  bill: (cursor: Cursor, limit: number) =>
    queryOptions({
      queryKey: ['bill', { cursor, limit }],
      queryFn: ({ signal }) => requestJson<Bill>('bill', { query: { cursor, limit }, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: slowPoll,
    }),
};

export const commands = {
  quote: (yaml: string, fileName: string) =>
    requestJson<Quote>('quotes', { method: 'POST', yaml, query: { fileName } }),
  submit: (yaml: string, fileName: string, idempotencyKey: string) =>
    requestJson<Submitted>('jobs', { method: 'POST', yaml, query: { fileName }, idempotencyKey }),
  changeTransfer: (id: number, change: TransferChange) => requestJson<unknown>(`transfers/${id}/${change}`, { method: 'POST' }),
  cancel: (id: number) => requestJson<unknown>(`jobs/${id}/cancel`, { method: 'POST' }),
  retry: (id: number) => requestJson<unknown>(`jobs/${id}/retry`, { method: 'POST' }),
};

function page<T>(path: string, query: Record<string, string | number | null>, refetchInterval = slowPoll) {
  return queryOptions({
    queryKey: [...path.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part)), query],
    queryFn: ({ signal }) => requestJson<Page<T>>(path, { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}

/** A whole list for a picture that needs it all, within a bound that a picture can show. */
function everything<T>(path: string, itemsMax = 2_000) {
  return queryOptions({
    queryKey: [path],
    queryFn: async ({ signal }) => {
      const items: T[] = [];
      let cursor: Cursor = null;
      do {
        const next: Page<T> = await requestJson<Page<T>>(path, { query: { cursor, limit: 200 }, signal });
        items.push(...next.items);
        cursor = next.nextCursor;
      } while (cursor !== null && cursor !== '' && items.length < itemsMax);
      return items;
    },
    refetchInterval: slowPoll,
  });
}
