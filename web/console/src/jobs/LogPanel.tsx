import { Button, Segmented, Spin } from 'antd';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureTitle } from '../parts/Failure';
import { type LogState, useLog } from './useLog';

/** A task's log as it grows. Stays at the end until the reader scrolls up. */
export function LogPanel({ job, task, attempt, isGrowing }: { job: number; task: number; attempt: number; isGrowing: boolean }) {
  const { t } = useTranslation();
  const log = useLog(job, task, attempt, isGrowing);
  const [isFollowing, setIsFollowing] = useState(true);
  const [wraps, setWraps] = useState(true);
  const box = useRef<HTMLPreElement>(null);

  useEffect(() => setIsFollowing(true), [job, task]);
  useLayoutEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, log.text, wraps]);

  function scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    setIsFollowing(scrollHeight - scrollTop - clientHeight < 24);
  }

  return (
    <div className="log">
      <div className="log-head">
        <LogStatus log={log} isFollowing={isFollowing} />
        <span className="log-tools">
          {!isFollowing && <Button size="small" onClick={() => setIsFollowing(true)}>{t('log.toEnd')}</Button>}
          <Segmented
            size="small" aria-label={t('log.lines')} value={wraps ? 'wrap' : 'long'} onChange={(value) => setWraps(value === 'wrap')}
            options={[{ value: 'wrap', label: t('log.wrap') }, { value: 'long', label: t('log.long') }]}
          />
        </span>
      </div>
      <pre ref={box} className={wraps ? 'log-text log-wrap' : 'log-text'} onScroll={scrolled} tabIndex={0} role="log" aria-label={t('log.of', { task })}>
        {log.droppedBytes > 0 && <em>{t('log.dropped')}{'\n'}</em>}
        {log.text === '' && log.status !== 'reading' ? <em>{t('log.empty')}</em> : log.text}
      </pre>
    </div>
  );
}

function LogStatus({ log, isFollowing }: { log: LogState; isFollowing: boolean }) {
  const { t } = useTranslation();
  if (log.failure) return <span className="log-failed" role="alert">{failureTitle(log.failure, t)}</span>;
  if (log.status === 'ended') return <span className="quiet">{t('log.ended')}</span>;
  return (
    <span className="quiet">
      <Spin size="small" /> {isFollowing ? t('log.following') : t('log.paused')}
    </span>
  );
}
