import { useQuery } from '@tanstack/react-query';
import { Empty, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import type { SitePairView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Pager, usePaging } from '../parts/Pager';
import { scrollable } from '../parts/scrollable';
import { Measured } from './LinksTable';

const pageSize = 20;
const colours: Record<string, string> = { metro: 'success', region: 'cyan', nation: 'default', beyond: 'warning' };

/** How far every site is from every other, the nearest first. */
export function PairsTable({ nameOf }: { nameOf: (site: string) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const paging = usePaging();
  const pairs = useQuery(queries.sitePairs(paging.cursor, pageSize));
  return (
    <>
      {pairs.error && <Failure failure={pairs.error} retry={() => void pairs.refetch()} />}
      <Table<SitePairView>
        size="small"
        rowKey={(pair) => `${pair.from} ${pair.to}`}
        dataSource={pairs.data?.items ?? []}
        loading={pairs.isPending}
        pagination={false}
        {...scrollable}
        locale={{ emptyText: <Empty description={t('network.noPairs')} /> }}
        columns={[
          { title: t('network.pair'), key: 'pair', render: (_, pair) => <strong className="nowrap">{nameOf(pair.from)} → {nameOf(pair.to)}</strong> },
          { title: t('network.circle'), key: 'circle', render: (_, pair) => <Tag color={colours[pair.circle] ?? 'default'}>{t(`circle.${pair.circle}`)}</Tag> },
          {
            title: t('network.roundTrip'), key: 'trip', align: 'right',
            render: (_, pair) => <span className="nowrap figures">{pair.latencyMicroseconds === null ? '–' : format.latency(2 * pair.latencyMicroseconds)}</span>,
          },
          { title: t('network.source'), key: 'source', render: (_, pair) => t(`network.${pair.source}`) },
          { title: t('network.jitter'), key: 'jitter', align: 'right', render: (_, pair) => <Measured seen={pair.measured} isFresh={pair.isFresh} of={(seen) => format.latency(seen.jitterMicroseconds)} /> },
          { title: t('network.loss'), key: 'loss', align: 'right', render: (_, pair) => <Measured seen={pair.measured} isFresh={pair.isFresh} of={(seen) => format.percent(seen.lossShare)} /> },
          { title: t('network.rateSeen'), key: 'rate', align: 'right', render: (_, pair) => <Measured seen={pair.measured} isFresh={pair.isFresh} of={(seen) => (seen.bitsPerSecond > 0 ? format.bandwidth(seen.bitsPerSecond) : '–')} /> },
        ]}
      />
      <Pager paging={paging} nextCursor={pairs.data?.nextCursor} label={t('network.pairs')} />
    </>
  );
}
