import { useQuery } from '@tanstack/react-query';
import { Empty, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { CircuitView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Moment } from '../parts/Moment';
import { Pager, usePaging } from '../parts/Pager';
import { scrollable } from '../parts/scrollable';

const pageSize = 20;

/** The circuits of transfers under way: what was asked for, and what the sender's agent says is in force. */
export function CircuitsTable() {
  const { t } = useTranslation();
  const format = useFormat();
  const paging = usePaging();
  const circuits = useQuery(queries.circuits(paging.cursor, pageSize));
  return (
    <>
      {circuits.error && <Failure failure={circuits.error} retry={() => void circuits.refetch()} />}
      <Table<CircuitView>
        size="small"
        rowKey={(circuit) => `${circuit.transfer} ${circuit.from} ${circuit.to} ${circuit.links.join(' ')}`}
        dataSource={circuits.data?.items ?? []}
        loading={circuits.isPending}
        pagination={false}
        {...scrollable}
        locale={{ emptyText: <Empty description={t('network.noCircuits')} /> }}
        columns={[
          { title: t('transfers.transfer'), key: 'transfer', render: (_, circuit) => <Link to={`/transfers/${circuit.transfer}`}>#{circuit.transfer}</Link> },
          { title: t('transfers.from'), key: 'from', dataIndex: 'from' },
          { title: t('transfers.to'), key: 'to', dataIndex: 'to' },
          { title: t('data.path'), key: 'path', render: (_, circuit) => circuit.links.join(' → ') },
          { title: t('network.asked'), key: 'asked', align: 'right', render: (_, circuit) => <span className="nowrap figures">{format.bandwidth(circuit.bitsPerSecond)}</span> },
          { title: t('network.inForce'), key: 'inForce', align: 'right', render: (_, circuit) => <span className="nowrap figures">{circuit.inForce ? format.bandwidth(circuit.inForce.bitsPerSecond) : '–'}</span> },
          { title: t('jobs.state'), key: 'state', render: (_, circuit) => <InForce circuit={circuit} /> },
          { title: t('data.finish'), key: 'finish', render: (_, circuit) => <Moment at={circuit.finish} /> },
        ]}
      />
      <Pager paging={paging} nextCursor={circuits.data?.nextCursor} label={t('network.circuits')} />
    </>
  );
}

function InForce({ circuit }: { circuit: CircuitView }) {
  const { t } = useTranslation();
  const held = circuit.inForce;
  if (held === null) return <Tag>{t('network.unheard')}</Tag>;
  return (
    <>
      <Tag color={held.state === 'in-force' ? 'success' : 'error'}>{t(held.state === 'in-force' ? 'network.inForce' : 'state.failed')}</Tag>
      <div className="quiet small">
        {held.driver}{held.mendedCount > 0 && <> · {t('network.mended', { count: held.mendedCount })}</>}{held.detail && <> · {held.detail}</>}
      </div>
    </>
  );
}
