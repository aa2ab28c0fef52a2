import { useTranslation } from 'react-i18next';
import type { TaskCounts } from '../api/types';

const order = ['succeeded', 'running', 'staging', 'failed', 'cancelled', 'waiting'] as const;

/** How many tasks are in which state, as one bar. */
export function TaskCountsBar({ counts, total, hasText = true }: { counts: TaskCounts; total: number; hasText?: boolean }) {
  const { t } = useTranslation();
  const present = order.filter((state) => counts[state] > 0);
  const text = present.map((state) => `${t(`state.${state}`)} ${counts[state]}`).join(', ');
  return (
    <div title={text}>
      {hasText && <div className="small figures">{t('jobs.tasksDone', { done: counts.succeeded, total })}</div>}
      <div className="counts" role="img" aria-label={text || t('jobs.noTasks')}>
        {present.map((state) => (
          <span key={state} className={`counts-${state}`} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
    </div>
  );
}
