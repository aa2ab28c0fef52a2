import { Button, Segmented, Spin } from 'antd';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureTitle } from '../parts/Failure';
import { type LogState, useLog } from './useLog';

const nearEnd = 24;

/** A task's log as it grows. Stays at the end until the reader scrolls up. */
export function LogPanel({ job, task, attempt, isGrowing }: { job: number; task: number; attempt: number; isGrowing: boolean }) {
  const { t } = useTranslation();
  const log = useLog(job, task, attempt, isGrowing);
  const [isFollowing, setIsFollowing] = useState(true);
  const [wraps, setWraps] = useState(true);
  const box = useRef<HTMLPreElement>(null);
  const endWas = useRef(0);

  useEffect(() => {
    endWas.current = 0;
    setIsFollowing(true);
  }, [job, task]);
  useLayoutEffect(() => {
    if (!isFollowing || !box.current) return;
    // The reader may have scrolled up while lines arrived, before the browser told us.
    const isScrolledUp = box.current.scrollTop < endWas.current - nearEnd && distanceToEnd(box.current) > nearEnd;
    endWas.current = 0;
    if (isScrolledUp) {
      setIsFollowing(false);
      return;
    }
    box.current.scrollTop = box.current.scrollHeight;
    endWas.current = box.current.scrollTop;
  }, [isFollowing, log.text, wraps]);

  function scrolled() {
    setIsFollowing(distanceToEnd(box.current!) < nearEnd);
  }

  return (
    <div className="log">
      <div className="log-head">
        <LogStatus log={log} isFollowing={isFollowing} />
        <span className="log-tools">
          {!isFollowing && <Button size="small" onClick={() => {
            endWas.current = 0;
            setIsFollowing(true);
          }}>{t('log.toEnd')}</Button>}
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

function distanceToEnd({ scrollTop, scrollHeight, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
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
