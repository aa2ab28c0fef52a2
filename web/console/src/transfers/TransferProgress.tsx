import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TransferView } from '../api/types';
import { share } from '../format/format';
import { useFormat } from '../format/useFormat';

const looks: Partial<Record<TransferView['state'], 'exception' | 'active' | 'success'>> = {
  failed: 'exception', moving: 'active', done: 'success',
};

/** How far a transfer has come, how fast it is and how long it still takes. */
export function TransferProgress({ transfer }: { transfer: TransferView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="transfer-progress">
      <Progress
        size="small"
        percent={Math.floor(100 * share(transfer.bytesDone, transfer.bytes))}
        status={looks[transfer.state] ?? 'normal'}
        aria-label={t('data.progressOf', { dataset: transfer.dataset })}
      />
      <span className="quiet small figures">
        {format.bytes(transfer.bytesDone)} / {format.bytes(transfer.bytes)}
        {transfer.bitsPerSecond > 0 && <> · {format.bandwidth(transfer.bitsPerSecond)}</>}
        {transfer.secondsLeft !== null && <> · {t('transfers.left', { time: format.duration(transfer.secondsLeft) })}</>}
      </span>
    </div>
  );
}
