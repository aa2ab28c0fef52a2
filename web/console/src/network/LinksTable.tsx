import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LinkView, MeasuredView } from '../api/types';
import { share } from '../format/format';
import { useFormat } from '../format/useFormat';
import { Bar } from '../parts/Bar';
import { Moment } from '../parts/Moment';
import { scrollable } from '../parts/scrollable';

/** Every link: what it was declared to be, what was measured between its ends, and what circuits hold of it now. */
export function LinksTable({ links, nameOf }: { links: LinkView[]; nameOf: (site: string) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table<LinkView>
      size="small"
      rowKey="id"
      dataSource={links}
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      {...scrollable}
      columns={[
        {
          title: t('sites.link'), key: 'link',
          render: (_, link) => <><strong className="nowrap">{nameOf(link.from)} → {nameOf(link.to)}</strong><div className="quiet small">{link.id}</div></>,
        },
        {
          title: t('network.utilisation'), key: 'utilisation', width: 220,
          render: (_, link) => {
            const held = share(link.reservedBitsPerSecond, link.bitsPerSecond);
            return <Bar label={`${format.bandwidth(link.reservedBitsPerSecond)} / ${format.bandwidth(link.bitsPerSecond)}`} text={format.percent(held)} share={held} />;
          },
        },
        { title: t('network.declaredTrip'), key: 'declared', align: 'right', render: (_, link) => <span className="nowrap figures">{format.latency(2 * link.latencyMicroseconds)}</span> },
        { title: t('network.measuredTrip'), key: 'measured', align: 'right', render: (_, link) => <Measured seen={link.measured} isFresh={link.isFresh} of={(seen) => format.latency(2 * seen.latencyMicroseconds)} /> },
        { title: t('network.jitter'), key: 'jitter', align: 'right', render: (_, link) => <Measured seen={link.measured} isFresh={link.isFresh} of={(seen) => format.latency(seen.jitterMicroseconds)} /> },
        { title: t('network.loss'), key: 'loss', align: 'right', render: (_, link) => <Measured seen={link.measured} isFresh={link.isFresh} of={(seen) => format.percent(seen.lossShare)} /> },
        { title: t('network.rateSeen'), key: 'rate', align: 'right', render: (_, link) => <Measured seen={link.measured} isFresh={link.isFresh} of={(seen) => (seen.bitsPerSecond > 0 ? format.bandwidth(seen.bitsPerSecond) : '–')} /> },
        { title: t('network.measuredAt'), key: 'at', render: (_, link) => (link.measured ? <Moment at={link.measured.at} /> : '–') },
        { title: t('sites.pricePerGigabyte'), key: 'price', align: 'right', render: (_, link) => format.number(link.pricePerGigabyte, 4) },
      ]}
    />
  );
}

/** A measured figure; one that is too old to count is set back. */
export function Measured({ seen, isFresh, of }: { seen: MeasuredView | null; isFresh: boolean; of: (seen: MeasuredView) => string }) {
  const { t } = useTranslation();
  if (seen === null) return '–';
  return isFresh ? <span className="nowrap figures">{of(seen)}</span> : <span className="nowrap figures quiet" title={t('network.stale')}>{of(seen)} *</span>;
}
