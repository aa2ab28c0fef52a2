import { CopyOutlined, RedoOutlined, StopOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Drawer, Popconfirm, Tabs, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/client';
import { commands, queries } from '../api/queries';
import type { JobDetail, JobSummary } from '../api/types';
import { secondsBetween } from '../format/format';
import { useFormat } from '../format/useFormat';
import { CostTable } from '../parts/CostTable';
import { Failure, failureTitle } from '../parts/Failure';
import { Figure } from '../parts/Figure';
import { Loading } from '../parts/Loading';
import { Moment } from '../parts/Moment';
import { Pager, usePaging } from '../parts/Pager';
import { StateTag } from '../parts/StateTag';
import { useNow } from '../parts/useNow';
import { Why } from '../parts/Why';
import { JobHistory, Results } from './JobHistory';
import { LogPanel } from './LogPanel';
import { TaskCountsBar } from './TaskCountsBar';
import { TaskTable } from './TaskTable';
import { TaskTimeline } from './TaskTimeline';

const tasksPageSize = 50;

export default function JobPage() {
  const { t } = useTranslation();
  const id = Number(useParams()['id']);
  const job = useQuery({ ...queries.job(id), enabled: Number.isSafeInteger(id) });
  if (job.isPending && job.fetchStatus !== 'idle') return <Loading />;
  if (job.data === undefined)
    return (
      <>
        <h1>{t('jobs.job')} {Number.isSafeInteger(id) ? `#${id}` : ''}</h1>
        <Failure failure={job.error ?? new ApiError(404, {})} retry={() => void job.refetch()} />
      </>
    );
  return <JobView key={id} job={job.data} />;
}

function JobView({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { summary } = job;
  const paging = usePaging();
  const tasks = useQuery(queries.tasks(summary.id, paging.cursor, tasksPageSize));
  const why = useQuery(queries.why(summary.id));
  const [logTask, setLogTask] = useState<number | null>(null);
  const items = tasks.data?.items ?? [];
  const placement = why.data ?? job.placement;
  const logged = items.find((task) => task.index === (logTask ?? 0));
  const isLogGrowing = logged === undefined ? isActive(summary) : logged.finishedAt === null && isActive(summary);
  const single = summary.taskCount === 1;

  return (
    <>
      <JobHead job={job} />
      <JobFigures job={job} />
      {job.failure && <Alert type="error" showIcon className="spaced" title={t('job.failed')} description={job.failure} />}
      {summary.pendingReason && !placement && <Alert type="warning" showIcon className="spaced" title={t('why.waits')} description={summary.pendingReason} />}
      <Results job={job} />
      <Card>
        <Tabs
          defaultActiveKey={summary.state === 'waiting' ? 'why' : 'progress'}
          items={[
            {
              key: 'progress', label: t('job.progress'),
              children: (
                <>
                  {tasks.error && <Failure failure={tasks.error} retry={() => void tasks.refetch()} />}
                  {items.length > 0 && <TaskTimeline tasks={items} submittedAt={summary.submittedAt} />}
                  <h2>{t('jobs.tasks')}</h2>
                  <TaskTable tasks={items} isLoading={tasks.isPending} openLog={setLogTask} />
                  <Pager paging={paging} nextCursor={tasks.data?.nextCursor} label={t('jobs.tasks')} />
                </>
              ),
            },
            {
              key: 'why', label: t('job.why'),
              children: why.error && !placement ? <Failure failure={why.error} retry={() => void why.refetch()} /> : placement && <Why placement={placement} />,
            },
            ...(single ? [{ key: 'log', label: t('job.log'), children: <LogPanel job={summary.id} task={0} attempt={logged?.attempt ?? 0} isGrowing={isLogGrowing} /> }] : []),
            { key: 'costs', label: t('job.costs'), children: <CostTable lines={job.costs} hasJob={false} /> },
            { key: 'history', label: t('job.history'), children: <JobHistory steps={job.timeline} /> },
            { key: 'file', label: t('job.file'), children: <pre className="job-file" tabIndex={0}>{job.specYaml}</pre> },
          ]}
        />
      </Card>
      <Drawer
        open={logTask !== null}
        onClose={() => setLogTask(null)}
        size="min(900px, 96vw)"
        title={t('log.of', { task: logTask ?? 0 })}
        destroyOnHidden
      >
        {logTask !== null && <LogPanel job={summary.id} task={logTask} attempt={logged?.attempt ?? 0} isGrowing={isLogGrowing} />}
      </Drawer>
    </>
  );
}

function JobHead({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { summary } = job;
  const { data: identity } = useQuery(queries.identity());
  const mayWrite = identity !== undefined && identity.role !== 'viewer';
  const settled = {
    onError: (failure: Error) => void message.error(failureTitle(failure, t)),
    onSettled: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  };
  const cancel = useMutation({ mutationFn: () => commands.cancel(summary.id), ...settled });
  const retry = useMutation({ mutationFn: () => commands.retry(summary.id), ...settled });

  return (
    <div className="page-head">
      <div>
        <div className="crumb"><Link to="/jobs">{t('nav.jobs')}</Link> / #{summary.id}</div>
        <h1>
          {summary.name} <StateTag state={summary.state} /> {summary.isService && <Tag>{t('jobs.service')}</Tag>}
        </h1>
        <div className="quiet small">{summary.project} · {summary.owner} · {t('jobs.submitted')} <Moment at={summary.submittedAt} /></div>
      </div>
      {mayWrite && (
        <div className="actions">
          <Button icon={<CopyOutlined aria-hidden />} onClick={() => void navigate('/submit', { state: { yaml: job.specYaml } })}>{t('job.again')}</Button>
          {(summary.state === 'failed' || summary.state === 'cancelled') && (
            <Button icon={<RedoOutlined aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate()}>{t('job.retry')}</Button>
          )}
          {isActive(summary) && (
            <Popconfirm title={t('job.cancelSure')} okText={t('job.cancelYes')} cancelText={t('job.cancelNo')} okButtonProps={{ danger: true }} onConfirm={() => cancel.mutate()}>
              <Button danger icon={<StopOutlined aria-hidden />} loading={cancel.isPending}>{t('job.cancel')}</Button>
            </Popconfirm>
          )}
        </div>
      )}
    </div>
  );
}

function JobFigures({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { summary } = job;
  const now = useNow(isActive(summary));
  return (
    <div className="figure-row">
      <Figure name={t('jobs.tasks')} note={<TaskCountsBar counts={summary.tasks} total={summary.taskCount} hasText={false} />}>
        {summary.tasks.succeeded}<small> / {summary.taskCount}</small>
      </Figure>
      <Figure name={t('jobs.sites')} note={job.placement?.pool}>{summary.sites.join(', ') || job.placement?.site || '–'}</Figure>
      <Figure name={t('jobs.took')} note={summary.finishedAt ? <Moment at={summary.finishedAt} /> : t('job.sinceSubmission')}>
        {format.duration(secondsBetween(summary.submittedAt, summary.finishedAt, now))}
      </Figure>
      <Figure name={t('jobs.cost')} note={t('job.held', { amount: format.money(summary.held) })}>{format.money(summary.cost)}</Figure>
      {job.placement?.carbonGrams != null && <Figure name={t('why.carbon')} note={t('job.planned')}>{format.carbon(job.placement.carbonGrams)}</Figure>}
    </div>
  );
}

function isActive(job: JobSummary): boolean {
  return job.state === 'waiting' || job.state === 'running';
}
