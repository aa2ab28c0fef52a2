import {
  ApartmentOutlined, ClusterOutlined, DatabaseOutlined, EnvironmentOutlined, LogoutOutlined, PlusOutlined, SwapOutlined, UserOutlined,
  WalletOutlined,
} from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Dropdown, Tooltip } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';
import { useLiveEvents } from '../api/events';
import { queries } from '../api/queries';
import { session } from '../api/session';
import { Brand } from '../parts/Brand';
import { Loading } from '../parts/Loading';
import { Switches, type ThemeSwitchProps } from './Switches';

const destinations = [
  { path: '/sites', key: 'sites', icon: <EnvironmentOutlined aria-hidden /> },
  { path: '/network', key: 'network', icon: <ApartmentOutlined aria-hidden /> },
  { path: '/jobs', key: 'jobs', icon: <ClusterOutlined aria-hidden /> },
  { path: '/submit', key: 'submit', icon: <PlusOutlined aria-hidden /> },
  { path: '/data', key: 'data', icon: <DatabaseOutlined aria-hidden /> },
  { path: '/transfers', key: 'transfers', icon: <SwapOutlined aria-hidden /> },
  { path: '/bill', key: 'bill', icon: <WalletOutlined aria-hidden /> },
];

export default function Shell(props: ThemeSwitchProps) {
  const { t } = useTranslation();
  return (
    <>
      <a className="skip" href="#content">{t('app.skip')}</a>
      <header className="bar">
        <Brand />
        <nav aria-label={t('app.navigation')}>
          {destinations.map(({ path, key, icon }) => (
            <NavLink key={path} to={path}>
              {icon}
              <span>{t(`nav.${key}`)}</span>
            </NavLink>
          ))}
        </nav>
        <div className="bar-end">
          <LiveIndicator />
          <Switches {...props} />
          <WhoAmI />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
    </>
  );
}

function LiveIndicator() {
  const { t } = useTranslation();
  const state = useLiveEvents();
  const text = t(`app.stream.${state}`);
  return (
    <Tooltip title={text}>
      <span className={`live live-${state}`} role="status" aria-label={text} />
    </Tooltip>
  );
}

function WhoAmI() {
  const { t } = useTranslation();
  const { data: identity } = useQuery(queries.identity());
  const about = identity && (
    <dl className="who">
      <dt>{t('app.domain')}</dt>
      <dd>{identity.domain}</dd>
      <dt>{t('app.tenant')}</dt>
      <dd>{identity.tenant}</dd>
      <dt>{t('app.project')}</dt>
      <dd>{identity.project || '–'}</dd>
      <dt>{t('app.role')}</dt>
      <dd>{t(`role.${identity.role}`, { defaultValue: identity.role })}</dd>
      <dt>{t('app.version')}</dt>
      <dd>{identity.version}</dd>
    </dl>
  );
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...(about ? [{ key: 'who', label: about, disabled: true, className: 'who-item' }, { type: 'divider' as const }] : []),
          { key: 'out', icon: <LogoutOutlined aria-hidden />, label: t('app.signOut'), onClick: session.signOut },
        ],
      }}
    >
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={t('app.account')}>
        <span className="who-name">{identity?.name}</span>
      </Button>
    </Dropdown>
  );
}
