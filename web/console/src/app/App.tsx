import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntdApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { ApiError } from '../api/client';
import { session } from '../api/session';
import { Loading } from '../parts/Loading';
import { useThemeChoice } from './preferences';
import { SignInPage } from './SignInPage';
import { darkTheme, lightTheme } from './theme';

const Shell = lazy(() => import('./Shell'));
const SitesPage = lazy(() => import('../sites/SitesPage'));
const NetworkPage = lazy(() => import('../network/NetworkPage'));
const JobsPage = lazy(() => import('../jobs/JobsPage'));
const JobPage = lazy(() => import('../jobs/JobPage'));
const SubmitPage = lazy(() => import('../submit/SubmitPage'));
const DataPage = lazy(() => import('../data/DataPage'));
const TransfersPage = lazy(() => import('../transfers/TransfersPage'));
const TransferPage = lazy(() => import('../transfers/TransferPage'));
const BillPage = lazy(() => import('../bill/BillPage'));

export function App() {
  const { i18n } = useTranslation();
  const [themeChoice, chooseTheme] = useThemeChoice();
  const token = useSyncExternalStore(session.subscribe, session.token);

  return (
    <ConfigProvider
      theme={themeChoice === 'dark' ? darkTheme : lightTheme}
      locale={i18n.resolvedLanguage === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
    >
      <AntdApp>
        {token === null ? (
          <SignInPage themeChoice={themeChoice} chooseTheme={chooseTheme} />
        ) : (
          // What one token has read is not shown to the next.
          <SignedIn key={token}>
            <BrowserRouter>
              <Suspense fallback={<Loading />}>
                <Routes>
                  <Route element={<Shell themeChoice={themeChoice} chooseTheme={chooseTheme} />}>
                    <Route path="/sites" element={<SitesPage />} />
                    <Route path="/network" element={<NetworkPage />} />
                    <Route path="/jobs" element={<JobsPage />} />
                    <Route path="/jobs/:id" element={<JobPage />} />
                    <Route path="/submit" element={<SubmitPage />} />
                    <Route path="/data" element={<DataPage />} />
                    <Route path="/transfers" element={<TransfersPage />} />
                    <Route path="/transfers/:id" element={<TransferPage />} />
                    <Route path="/bill" element={<BillPage />} />
                    <Route path="*" element={<Navigate to="/sites" replace />} />
                  </Route>
                </Routes>
              </Suspense>
            </BrowserRouter>
          </SignedIn>
        )}
      </AntdApp>
    </ConfigProvider>
  );
}

function SignedIn({ children }: { children: React.ReactNode }) {
  const [client] = useState(newQueryClient);
  const { i18n } = useTranslation();
  useEffect(() => () => client.clear(), [client]);
  // Reasons and timelines come from the server in the language that was asked for.
  useEffect(() => void client.invalidateQueries(), [client, i18n.resolvedLanguage]);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

function newQueryClient() {
  return new QueryClient({
    queryCache: new QueryCache(),
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        // What the server refused it will refuse again; what did not reach it may next time.
        retry: (failures, failure) =>
          failures < 2 && !(failure instanceof ApiError && failure.status >= 400 && failure.status < 500),
      },
    },
  });
}
