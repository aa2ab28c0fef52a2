import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TransferView } from '../api/types';
import { Moment } from '../parts/Moment';

/** What was promised, and whether it was kept. */
export function Arrival({ transfer }: { transfer: TransferView }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="nowrap"><Moment at={transfer.promised} /></span>
      {transfer.kept !== null && (
        <div><Tag color={transfer.kept ? 'success' : 'error'}>{transfer.kept ? t('transfers.kept') : t('transfers.broken')}</Tag></div>
      )}
    </>
  );
}
