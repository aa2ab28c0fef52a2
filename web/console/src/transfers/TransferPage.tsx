import { CaretRightOutlined, PauseOutlined, StopOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Descriptions, Popconfirm, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { ApiError } from '../api/client';
import { commands, queries, type TransferChange } from '../api/queries';
import type { HopSourceView, HopView, HopWindowView, TransferDetail, TransferView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Failure, failureTitle } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { Moment } from '../parts/Moment';
import { StateTag } from '../parts/StateTag';
import { Arrival } from './Arrival';
import { TransferProgress } from './TransferProgress';
import { Route } from './TransfersPage';

export default function TransferPage() {
  const { t } = useTranslation();
  const id = Number(useParams()['id']);
  const transfer = useQuery({ ...queries.transfer(id), enabled: Number.isSafeInteger(id) });
  if (transfer.isPending && transfer.fetchStatus !== 'idle') return <Loading />;
  if (transfer.data === undefined)
    return (
      <>
        <h1>{t('transfers.transfer')} {Number.isSafeInteger(id) ? `#${id}` : ''}</h1>
        <Failure failure={transfer.error ?? new ApiError(404, {})} retry={() => void transfer.refetch()} />
      </>
    );
  return <TransferDetails key={id} transfer={transfer.data} />;
}

function TransferDetails({ transfer }: { transfer: TransferDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { summary } = transfer;
  return (
    <>
      <div className="page-head">
        <div>
          <div className="crumb"><Link to="/transfers">{t('nav.transfers')}</Link> / #{summary.id}</div>
          <h1>{summary.dataset} <StateTag state={summary.state} /></h1>
        </div>
        <Changes transfer={summary} />
      </div>
      {summary.reason && <Alert type="warning" showIcon className="spaced" title={summary.reason} />}
      <Card className="spaced">
        <div className="progress-room"><TransferProgress transfer={summary} /></div>
        <Descriptions
          size="small"
          column={{ xs: 1, sm: 2, lg: 3 }}
          items={[
            { key: 'path', label: t('data.path'), children: <Route transfer={summary} /> },
            { key: 'mode', label: t('transfers.mode'), children: t(`mode.${summary.mode}`) },
            { key: 'purpose', label: t('transfers.purpose'), children: t(`purpose.${summary.purpose}`) },
            { key: 'promised', label: t('transfers.promised'), children: <Arrival transfer={summary} /> },
            { key: 'expected', label: t('transfers.expected'), children: <Moment at={summary.expected} /> },
            { key: 'finish', label: t('data.finish'), children: summary.finishedAt ? <Moment at={summary.finishedAt} /> : '–' },
            { key: 'deadline', label: t('transfers.deadline'), children: summary.deadline ? <Moment at={summary.deadline} /> : '–' },
            { key: 'priority', label: t('transfers.priority'), children: format.number(summary.priority) },
            { key: 'owner', label: t('transfers.owner'), children: summary.owner },
            { key: 'cost', label: t('transfers.cost'), children: summary.cost },
            { key: 'held', label: t('bill.held'), children: summary.held },
            { key: 'sent', label: t('transfers.sent'), children: format.bytes(transfer.bytesSent) },
          ]}
        />
      </Card>
      <Hops hops={transfer.hops} />
    </>
  );
}

function Changes({ transfer }: { transfer: TransferView }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (asked: TransferChange) => commands.changeTransfer(transfer.id, asked),
    onSuccess: () => client.invalidateQueries({ queryKey: ['transfers'] }),
    onError: (failure) => void message.error(failureTitle(failure, t)),
  });
  const { data: identity } = useQuery(queries.identity());
  const mayWrite = identity !== undefined && (identity.role === 'member' || identity.role === 'operator');
  if (!mayWrite || ['done', 'failed', 'cancelled'].includes(transfer.state)) return null;
  return (
    <div className="actions">
      {transfer.state === 'paused' ? (
        <Button icon={<CaretRightOutlined aria-hidden />} loading={change.isPending} onClick={() => change.mutate('resume')}>
          {t('transfers.resume')}
        </Button>
      ) : (
        <Button icon={<PauseOutlined aria-hidden />} loading={change.isPending} onClick={() => change.mutate('pause')}>
          {t('transfers.pause')}
        </Button>
      )}
      <Popconfirm title={t('transfers.cancelSure')} okText={t('transfers.cancel')} onConfirm={() => change.mutate('cancel')}>
        <Button danger icon={<StopOutlined aria-hidden />}>{t('transfers.cancel')}</Button>
      </Popconfirm>
    </div>
  );
}

interface Row {
  key: string;
  hop: HopView;
  window: HopWindowView;
  source: HopSourceView;
}

function Hops({ hops }: { hops: HopView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows: Row[] = hops.flatMap((hop, hopIndex) => hop.windows.flatMap((window, windowIndex) =>
    window.sources.map((source, index) => ({ key: `${hopIndex}-${windowIndex}-${index}`, hop, window, source }))));
  return (
    <Card className="flush" title={t('transfers.hops')}>
      <Table<Row>
        size="small"
        rowKey="key"
        dataSource={rows}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('transfers.from'), key: 'from', render: (_, row) => <span title={row.source.node}>{row.source.site}</span> },
          {
            title: t('transfers.to'), key: 'to',
            render: (_, row) => <span title={row.hop.node}>{row.hop.site}{row.hop.isRelay && <span className="quiet"> {t('transfers.relay')}</span>}{row.hop.isSealed && <span className="quiet"> {t('transfers.sealed')}</span>}</span>,
          },
          { title: t('data.path'), key: 'path', render: (_, row) => row.source.path.join(' → ') || '–' },
          { title: t('data.rate'), key: 'rate', align: 'right', render: (_, row) => <span className="nowrap figures">{format.bandwidth(row.source.bitsPerSecond)}</span> },
          { title: t('data.plannedStart'), key: 'start', render: (_, row) => <Moment at={row.window.start} /> },
          { title: t('data.finish'), key: 'finish', render: (_, row) => <Moment at={row.window.finish} /> },
          { title: t('jobs.state'), key: 'state', render: (_, row) => <StateTag state={row.hop.state} /> },
          { title: t('data.size'), key: 'size', align: 'right', render: (_, row) => <span className="nowrap figures">{format.bytes(row.hop.bytesDone)} / {format.bytes(row.hop.bytes)}</span> },
        ]}
      />
    </Card>
  );
}
