import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Table, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import type { DatasetView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Moment } from '../parts/Moment';
import { Pager, usePaging } from '../parts/Pager';

const pageSize = 25;

export default function DataPage() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('nav.data')}</h1>
      <Datasets />
    </>
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
