import { useTranslation } from 'react-i18next';
import type { TaskView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { useNow } from '../parts/useNow';
import { extentOf, spansOf, ticksOf } from './gantt';

const kinds = ['waiting', 'staging', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** Waiting, staging and running of every task on the page, over time from submission. */
export function TaskTimeline({ tasks, submittedAt }: { tasks: TaskView[]; submittedAt: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(tasks.some((task) => task.finishedAt === null)).getTime();
  const rows = tasks.map((task) => spansOf(task, submittedAt, now));
  const { from, to } = extentOf(rows, now);
  const length = to - from;
  const shown = kinds.filter((kind) => rows.some((row) => row.some((span) => span.kind === kind)));
  const left = (at: number) => `${(100 * (at - from)) / length}%`;

  return (
    <figure className="gantt" aria-label={t('job.timeline')}>
      <figcaption>
        {shown.map((kind) => (
          <span key={kind}><i className={`span-${kind}`} />{t(`state.${kind}`)}</span>
        ))}
      </figcaption>
      <div className="gantt-rows">
        <div className="gantt-axis" aria-hidden="true">
          <span />
          <div>
            {ticksOf(length / 1000, 6).map((second) => (
              <span key={second} style={{ left: left(from + second * 1000) }}>{format.duration(second)}</span>
            ))}
          </div>
        </div>
        {tasks.map((task, index) => (
          <div key={task.index} className="gantt-row">
            <span className="gantt-name">{task.index}<em>{task.site ?? ''}</em></span>
            <div className="gantt-track">
              {rows[index]!.map((span) => {
                const text = t('job.spanText', { task: task.index, kind: t(`state.${span.kind}`), duration: format.duration((span.to - span.from) / 1000) });
                return (
                  <i key={span.from} role="img" aria-label={text} title={text} className={`span-${span.kind}`}
                    style={{ left: left(span.from), width: `${(100 * (span.to - span.from)) / length}%` }} />
                );
              })}
            </div>
          </div>
        ))}
      </div>
    </figure>
  );
}
