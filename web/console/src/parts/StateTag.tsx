import {
  CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, CloudDownloadOutlined, MinusCircleOutlined, SyncOutlined,
} from '@ant-design/icons';
import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const looks: Record<string, { color: string; icon: ReactNode }> = {
  waiting: { color: 'default', icon: <ClockCircleOutlined /> },
  staging: { color: 'cyan', icon: <CloudDownloadOutlined /> },
  moving: { color: 'cyan', icon: <CloudDownloadOutlined /> },
  running: { color: 'processing', icon: <SyncOutlined /> },
  succeeded: { color: 'success', icon: <CheckCircleOutlined /> },
  done: { color: 'success', icon: <CheckCircleOutlined /> },
  failed: { color: 'error', icon: <CloseCircleOutlined /> },
  cancelled: { color: 'default', icon: <MinusCircleOutlined /> },
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
