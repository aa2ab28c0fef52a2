import { FileTextOutlined } from '@ant-design/icons';
import { Button, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TaskView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Moment } from '../parts/Moment';
import { StateTag } from '../parts/StateTag';
import { scrollable } from '../parts/scrollable';

export function TaskTable({ tasks, isLoading, openLog }: { tasks: TaskView[]; isLoading: boolean; openLog: (index: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table<TaskView>
      size="small"
      rowKey="index"
      dataSource={tasks}
      loading={isLoading}
      pagination={false}
      {...scrollable}
      columns={[
        { title: t('job.task'), dataIndex: 'index', key: 'index' },
        {
          title: t('jobs.state'), key: 'state',
          render: (_, task) => (
            <>
              <StateTag state={task.state} />
              {task.exitCode !== null && task.exitCode !== 0 && <span className="small">{t('job.exitCode', { code: task.exitCode })}</span>}
              {(task.reason ?? task.detail) && <div className="quiet small reason">{[task.reason, task.detail].filter(Boolean).join(': ')}</div>}
            </>
          ),
        },
        { title: t('job.attempt'), dataIndex: 'attempt', key: 'attempt', align: 'right' },
        {
          title: t('job.place'), key: 'place',
          render: (_, task) => task.site === null ? '–' : (
            <>
              {task.site}
              <div className="quiet small">{[task.pool, task.node].filter(Boolean).join(' / ')}</div>
            </>
          ),
        },
        { title: t('job.started'), key: 'started', render: (_, task) => <Moment at={task.startedAt} /> },
        { title: t('state.staging'), key: 'staging', align: 'right', render: (_, task) => <span className="nowrap figures">{format.duration(task.stagingSeconds)}</span> },
        { title: t('state.running'), key: 'running', align: 'right', render: (_, task) => <span className="nowrap figures">{format.duration(task.runSeconds)}</span> },
        { title: t('job.moved'), key: 'moved', align: 'right', render: (_, task) => <span className="nowrap figures">{format.bytes(task.bytesMoved)}</span> },
        { title: t('jobs.cost'), key: 'cost', align: 'right', render: (_, task) => <span className="nowrap figures">{format.money(task.cost)}</span> },
        { title: t('job.isolation'), key: 'isolation', render: (_, task) => task.startedAt === null ? '–' : <Tag>{task.sandboxed ? t('isolation.sandbox') : t('isolation.plain')}</Tag> },
        {
          title: t('job.log'), key: 'log', fixed: 'right',
          render: (_, task) => (
            <Button size="small" icon={<FileTextOutlined aria-hidden />} aria-label={t('job.openLog', { task: task.index })} onClick={() => openLog(task.index)} />
          ),
        },
      ]}
    />
  );
}
