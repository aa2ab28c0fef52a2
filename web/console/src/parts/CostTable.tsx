import { Empty, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BillLine } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Moment } from './Moment';
import { scrollable } from './scrollable';

/** Charges, line by line; with the job where they are of many. */
export function CostTable({ lines, hasJob, isLoading = false }: { lines: BillLine[]; hasJob: boolean; isLoading?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table<BillLine>
      size="small"
      rowKey={(line) => `${line.at}/${line.job}/${line.kind}/${line.payee}/${line.text}`}
      dataSource={lines}
      loading={isLoading}
      pagination={hasJob || lines.length <= 20 ? false : { pageSize: 20, showSizeChanger: false }}
      {...scrollable}
      locale={{ emptyText: <Empty description={t('bill.none')} /> }}
      columns={[
        { title: t('bill.at'), key: 'at', render: (_, line) => <Moment at={line.at} /> },
        ...(hasJob
          ? [{
              title: t('jobs.job'), key: 'job',
              render: (_: unknown, line: BillLine) => (
                <>
                  <Link to={`/jobs/${line.job}`}>{line.jobName}</Link> <span className="quiet small">#{line.job}</span>
                </>
              ),
            },
            { title: t('bill.project'), dataIndex: 'project', key: 'project' }]
          : []),
        { title: t('bill.kind'), key: 'kind', render: (_, line) => t(`charge.${line.kind}`, { defaultValue: line.kind }) },
        { title: t('bill.payee'), dataIndex: 'payee', key: 'payee' },
        { title: t('bill.text'), dataIndex: 'text', key: 'text' },
        { title: t('bill.amount'), key: 'amount', align: 'right', render: (_, line) => <span className="nowrap figures">{format.money(line.amount)}</span> },
      ]}
    />
  );
}
