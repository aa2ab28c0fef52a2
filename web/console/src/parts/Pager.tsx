import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface Paging {
  cursor: string | null;
  pageNumber: number;
  next: (cursor: string) => void;
  previous: () => void;
  restart: () => void;
}

/** Cursors lead forward only, so the way back is remembered. */
export function usePaging(): Paging {
  const [cursors, setCursors] = useState<string[]>([]);
  return {
    cursor: cursors.at(-1) ?? null,
    pageNumber: cursors.length + 1,
    next: (cursor) => setCursors((earlier) => [...earlier, cursor]),
    previous: () => setCursors((earlier) => earlier.slice(0, -1)),
    restart: () => setCursors([]),
  };
}

export function Pager({ paging, nextCursor, label }: { paging: Paging; nextCursor: string | null | undefined; label: string }) {
  const { t } = useTranslation();
  if (!nextCursor && paging.pageNumber === 1) return null;
  return (
    <nav className="pager" aria-label={t('common.pagesOf', { what: label })}>
      <Button icon={<LeftOutlined aria-hidden />} disabled={paging.pageNumber === 1} onClick={paging.previous}>
        {t('common.previous')}
      </Button>
      <span aria-live="polite">{t('common.page', { number: paging.pageNumber })}</span>
      <Button
        icon={<RightOutlined aria-hidden />}
        iconPlacement="end"
        disabled={!nextCursor}
        onClick={() => nextCursor && paging.next(nextCursor)}
      >
        {t('common.next')}
      </Button>
    </nav>
  );
}
