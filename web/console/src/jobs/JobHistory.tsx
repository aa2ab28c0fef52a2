import { LinkOutlined } from '@ant-design/icons';
import { Card, Timeline, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import type { JobDetail, JobEventView } from '../api/types';
import { safeHref } from '../format/format';
import { Moment } from '../parts/Moment';

const colors: Record<string, string> = { finished: 'green', cancelled: 'gray', retried: 'orange', 'staging-started': 'cyan', staged: 'cyan' };

/** The steps of the job's life. */
export function JobHistory({ steps }: { steps: JobEventView[] }) {
  const { t } = useTranslation();
  return (
    <Timeline
      className="history"
      items={steps.map((step, index) => ({
        key: index,
        color: colors[step.kind] ?? 'blue',
        content: (
          <>
            <strong>{t(`step.${step.kind}`, { defaultValue: step.kind })}</strong>{' '}
            <span className="quiet">
              {[step.task === null ? null : t('job.taskNumber', { task: step.task }), step.site].filter(Boolean).join(' · ')}
            </span>
            <div><span className="quiet small"><Moment at={step.at} /></span> {step.text}</div>
          </>
        ),
      }))}
    />
  );
}

/** What a job leaves or offers: addresses of a service and datasets. */
export function Results({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  if (job.endpoints.length === 0 && job.outputDatasets.length === 0) return null;
  return (
    <Card className="results" size="small">
      {job.endpoints.map((endpoint) => {
        const href = safeHref(endpoint);
        return (
          <div key={endpoint}>
            <span className="quiet">{t('job.endpoint')}</span>{' '}
            {href === null ? endpoint : <a href={href} target="_blank" rel="noopener noreferrer"><LinkOutlined aria-hidden /> {endpoint}</a>}
          </div>
        );
      })}
      {job.outputDatasets.map((dataset) => (
        <div key={dataset}>
          <span className="quiet">{t('job.output')}</span> <strong>{dataset}</strong>{' '}
          <Typography.Text code copyable={{ tooltips: [t('common.copy'), t('common.copied')] }}>{`meridian data pull ${dataset}`}</Typography.Text>
        </div>
      ))}
    </Card>
  );
}
