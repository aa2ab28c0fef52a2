import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Segmented, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { TransferView } from '../api/types';
import { Failure } from '../parts/Failure';
import { Pager, usePaging } from '../parts/Pager';
import { StateTag } from '../parts/StateTag';
import { Arrival } from './Arrival';
import { TransferProgress } from './TransferProgress';

const pageSize = 25;
const states = ['admitted', 'moving', 'paused', 'done', 'failed', 'cancelled'] as const;

export default function TransfersPage() {
  const { t } = useTranslation();
  const [state, setState] = useState('');
  return (
    <>
      <h1>{t('nav.transfers')}</h1>
      <div className="filters">
        <Segmented
          aria-label={t('jobs.state')}
          value={state}
          onChange={setState}
          options={[{ value: '', label: t('transfers.all') }, ...states.map((value) => ({ value, label: t(`state.${value}`) }))]}
        />
      </div>
      <Transfers key={state} state={state} />
    </>
  );
}

function Transfers({ state }: { state: string }) {
  const { t } = useTranslation();
  const paging = usePaging();
  const transfers = useQuery(queries.transfers(state, paging.cursor, pageSize));
  return (
    <Card className="flush">
      {transfers.error && <Failure failure={transfers.error} retry={() => void transfers.refetch()} />}
      <Table<TransferView>
        size="small"
        rowKey="id"
        dataSource={transfers.data?.items ?? []}
        loading={transfers.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={<>{t('data.noTransfers')} <Typography.Text code>meridian data send</Typography.Text></>} /> }}
        columns={[
          { title: '#', key: 'id', render: (_, transfer) => <Link to={`/transfers/${transfer.id}`}>{transfer.id}</Link> },
          {
            title: t('data.dataset'), key: 'dataset',
            render: (_, transfer) => (
              <>
                <Link to={`/transfers/${transfer.id}`}><strong>{transfer.dataset}</strong></Link>
                <div className="quiet small">{t(`purpose.${transfer.purpose}`)}</div>
              </>
            ),
          },
          { title: t('data.path'), key: 'path', render: (_, transfer) => <Route transfer={transfer} /> },
          { title: t('transfers.mode'), key: 'mode', render: (_, transfer) => t(`mode.${transfer.mode}`) },
          {
            title: t('jobs.state'), key: 'state',
            render: (_, transfer) => (
              <>
                <StateTag state={transfer.state} />
                {transfer.reason && <div className="quiet small reason">{transfer.reason}</div>}
              </>
            ),
          },
          { title: t('data.progress'), key: 'progress', width: 240, render: (_, transfer) => <TransferProgress transfer={transfer} /> },
          { title: t('transfers.promised'), key: 'promised', render: (_, transfer) => <Arrival transfer={transfer} /> },
          { title: t('transfers.cost'), key: 'cost', align: 'right', render: (_, transfer) => <Cost transfer={transfer} /> },
        ]}
      />
      <Pager paging={paging} nextCursor={transfers.data?.nextCursor} label={t('nav.transfers')} />
    </Card>
  );
}

/** From where to where. */
export function Route({ transfer }: { transfer: TransferView }) {
  return <span>{transfer.from.join(', ')} → {transfer.to.join(', ')}</span>;
}

function Cost({ transfer }: { transfer: TransferView }) {
  return <span className="nowrap figures">{transfer.cost}</span>;
}
