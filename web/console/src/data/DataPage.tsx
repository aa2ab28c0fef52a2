import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Progress, Table, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import type { DatasetView, TransferView } from '../api/types';
import { share } from '../format/format';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Moment } from '../parts/Moment';
import { Pager, usePaging } from '../parts/Pager';
import { PathText } from '../parts/PathText';
import { StateTag } from '../parts/StateTag';

const pageSize = 25;

export default function DataPage() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('nav.data')}</h1>
      <Transfers />
      <Datasets />
    </>
  );
}

function Transfers() {
  const { t } = useTranslation();
  const format = useFormat();
  const paging = usePaging();
  const transfers = useQuery(queries.transfers(paging.cursor, pageSize));
  return (
    <Card className="flush" title={t('data.transfers')}>
      {transfers.error && <Failure failure={transfers.error} retry={() => void transfers.refetch()} />}
      <Table<TransferView>
        size="small"
        rowKey="id"
        dataSource={transfers.data?.items ?? []}
        loading={transfers.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={t('data.noTransfers')} /> }}
        columns={[
          { title: t('data.dataset'), key: 'dataset', render: (_, transfer) => <strong>{transfer.dataset}</strong> },
          { title: t('data.path'), key: 'path', render: (_, transfer) => <PathText {...transfer} /> },
          {
            title: t('jobs.state'), key: 'state',
            render: (_, transfer) => (
              <>
                <StateTag state={transfer.state} />
                {transfer.reason && <div className="quiet small reason">{transfer.reason}</div>}
              </>
            ),
          },
          { title: t('data.progress'), key: 'progress', width: 220, render: (_, transfer) => <TransferProgress transfer={transfer} /> },
          { title: t('data.rate'), key: 'rate', align: 'right', render: (_, transfer) => <span className="nowrap figures">{format.bandwidth(transfer.bitsPerSecond)}</span> },
          { title: t('data.plannedStart'), key: 'start', render: (_, transfer) => <Moment at={transfer.plannedStart} /> },
          {
            title: t('data.finish'), key: 'finish',
            render: (_, transfer) => transfer.finishedAt
              ? <Moment at={transfer.finishedAt} />
              : <span className="quiet nowrap"><Moment at={transfer.plannedFinish} /> {t('data.planned')}</span>,
          },
        ]}
      />
      <Pager paging={paging} nextCursor={transfers.data?.nextCursor} label={t('data.transfers')} />
    </Card>
  );
}

function TransferProgress({ transfer }: { transfer: TransferView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="transfer-progress">
      <Progress
        size="small"
        percent={Math.floor(100 * share(transfer.bytesMoved, transfer.bytes))}
        status={transfer.state === 'failed' ? 'exception' : transfer.state === 'moving' ? 'active' : transfer.state === 'done' ? 'success' : 'normal'}
        aria-label={t('data.progressOf', { dataset: transfer.dataset })}
      />
      <span className="quiet small figures">{format.bytes(transfer.bytesMoved)} / {format.bytes(transfer.bytes)}</span>
    </div>
  );
}

function Datasets() {
  const { t } = useTranslation();
  const format = useFormat();
  const paging = usePaging();
  const datasets = useQuery(queries.datasets(paging.cursor, pageSize));
  return (
    <Card className="flush" title={t('data.datasets')}>
      {datasets.error && <Failure failure={datasets.error} retry={() => void datasets.refetch()} />}
      <Table<DatasetView>
        size="small"
        rowKey={(dataset) => `${dataset.project}/${dataset.name}@${dataset.version}`}
        dataSource={datasets.data?.items ?? []}
        loading={datasets.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={<>{t('data.noDatasets')} <Typography.Text code>meridian data push</Typography.Text></>} /> }}
        columns={[
          {
            title: t('data.dataset'), key: 'name',
            render: (_, dataset) => (
              <>
                <strong>{dataset.name}</strong><span className="quiet">@{dataset.version}</span>
                <div className="quiet small">{dataset.project}</div>
              </>
            ),
          },
          { title: t('data.size'), key: 'size', align: 'right', render: (_, dataset) => <span className="nowrap figures">{format.bytes(dataset.bytes)}</span> },
          { title: t('data.files'), key: 'files', align: 'right', render: (_, dataset) => format.number(dataset.files) },
          { title: t('data.replicas'), key: 'sites', render: (_, dataset) => dataset.sites.map((site) => <Tag key={site}>{site}</Tag>) },
          { title: t('data.sovereignty'), key: 'sovereignty', render: (_, dataset) => dataset.sovereignty || '–' },
          { title: t('data.origin'), dataIndex: 'origin', key: 'origin' },
          { title: t('data.created'), key: 'created', render: (_, dataset) => <Moment at={dataset.createdAt} /> },
          {
            title: t('data.root'), key: 'root',
            render: (_, dataset) => (
              <Typography.Text code copyable={{ text: dataset.root, tooltips: [t('common.copy'), t('common.copied')] }} title={dataset.root}>
                {dataset.root.slice(0, 12)}
              </Typography.Text>
            ),
          },
        ]}
      />
      <Pager paging={paging} nextCursor={datasets.data?.nextCursor} label={t('data.datasets')} />
    </Card>
  );
}
