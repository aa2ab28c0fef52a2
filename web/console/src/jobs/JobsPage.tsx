import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Segmented, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import type { JobState, JobSummary } from '../api/types';
import { secondsBetween } from '../format/format';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Moment } from '../parts/Moment';
import { Pager, usePaging } from '../parts/Pager';
import { StateTag } from '../parts/StateTag';
import { useNow } from '../parts/useNow';
import { TaskCountsBar } from './TaskCountsBar';
import { scrollable } from '../parts/scrollable';

const pageSize = 25;
const states: JobState[] = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'];

export default function JobsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const state = states.find((known) => known === parameters.get('state')) ?? '';
  const paging = usePaging();
  const jobs = useQuery(queries.jobs(state, paging.cursor, pageSize));

  function filter(next: string) {
    paging.restart();
    setParameters(next === '' ? {} : { state: next });
  }

  return (
    <>
      <div className="page-head">
        <h1>{t('nav.jobs')}</h1>
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate('/submit')}>{t('nav.submit')}</Button>
      </div>
      <div className="filters">
        <Segmented
          aria-label={t('jobs.filter')}
          value={state}
          onChange={filter}
          options={[{ value: '', label: t('jobs.all') }, ...states.map((value) => ({ value, label: t(`state.${value}`) }))]}
        />
      </div>
      {jobs.error && <Failure failure={jobs.error} retry={() => void jobs.refetch()} />}
      <Card className="flush">
        <JobsTable jobs={jobs.data?.items ?? []} isLoading={jobs.isPending} />
        <Pager paging={paging} nextCursor={jobs.data?.nextCursor} label={t('nav.jobs')} />
      </Card>
    </>
  );
}

function JobsTable({ jobs, isLoading }: { jobs: JobSummary[]; isLoading: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(jobs.some((job) => job.state === 'running'));
  return (
    <Table<JobSummary>
      size="small"
      rowKey="id"
      dataSource={jobs}
      loading={isLoading}
      pagination={false}
      {...scrollable}
      locale={{ emptyText: <Empty description={t('jobs.none')} /> }}
      columns={[
        {
          title: t('jobs.job'), key: 'job',
          render: (_, job) => (
            <div className="job-name">
              <Link to={`/jobs/${job.id}`}><strong>{job.name}</strong></Link>{' '}
              {job.isService && <Tag>{t('jobs.service')}</Tag>}
              <div className="quiet small">#{job.id} · {job.project} · {job.owner}</div>
            </div>
          ),
        },
        {
          title: t('jobs.state'), key: 'state',
          render: (_, job) => (
            <>
              <StateTag state={job.state} />
              {job.pendingReason && <div className="quiet small reason">{job.pendingReason}</div>}
            </>
          ),
        },
        { title: t('jobs.tasks'), key: 'tasks', width: 130, render: (_, job) => <TaskCountsBar counts={job.tasks} total={job.taskCount} /> },
        { title: t('jobs.sites'), key: 'sites', render: (_, job) => job.sites.join(', ') || '–' },
        { title: t('jobs.submitted'), key: 'submitted', render: (_, job) => <Moment at={job.submittedAt} /> },
        {
          title: t('jobs.took'), key: 'took', align: 'right',
          render: (_, job) => <span className="nowrap figures">{format.duration(secondsBetween(job.startedAt, job.finishedAt, now))}</span>,
        },
        { title: t('jobs.cost'), key: 'cost', align: 'right', render: (_, job) => <span className="nowrap figures">{format.money(job.cost)}</span> },
      ]}
    />
  );
}
