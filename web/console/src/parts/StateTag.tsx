import {
  CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, CloudDownloadOutlined, MinusCircleOutlined, PauseCircleOutlined, SyncOutlined,
} from '@ant-design/icons';
import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const looks: Record<string, { color: string; icon: ReactNode }> = {
  waiting: { color: 'default', icon: <ClockCircleOutlined aria-hidden /> },
  staging: { color: 'cyan', icon: <CloudDownloadOutlined aria-hidden /> },
  moving: { color: 'cyan', icon: <CloudDownloadOutlined aria-hidden /> },
  running: { color: 'processing', icon: <SyncOutlined aria-hidden /> },
  succeeded: { color: 'success', icon: <CheckCircleOutlined aria-hidden /> },
  done: { color: 'success', icon: <CheckCircleOutlined aria-hidden /> },
  admitted: { color: 'default', icon: <ClockCircleOutlined aria-hidden /> },
  planned: { color: 'default', icon: <ClockCircleOutlined aria-hidden /> },
  paused: { color: 'warning', icon: <PauseCircleOutlined aria-hidden /> },
  failed: { color: 'error', icon: <CloseCircleOutlined aria-hidden /> },
  cancelled: { color: 'default', icon: <MinusCircleOutlined aria-hidden /> },
};

/** A state by word, icon and colour, so that none of them is needed alone. */
export function StateTag({ state }: { state: string }) {
  const { t } = useTranslation();
  const look = looks[state];
  return (
    <Tag color={look?.color ?? 'default'} icon={look?.icon} className="state">
      {t(`state.${state}`, { defaultValue: state })}
    </Tag>
  );
}
