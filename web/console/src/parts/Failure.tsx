import { Alert, Button } from 'antd';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

/** What went wrong with a request, in words and with a way on. */
export function Failure({ failure, retry }: { failure: Error; retry?: () => void }) {
  const { t, i18n } = useTranslation();
  const problem = failure instanceof ApiError ? failure.problem : {};
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="spaced"
      title={failureTitle(failure, t)}
      description={(i18n.resolvedLanguage === 'zh' && problem.detailZh) || problem.detail}
      action={retry && <Button size="small" onClick={retry}>{t('common.tryAgain')}</Button>}
    />
  );
}

export function failureTitle(failure: Error, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (!(failure instanceof ApiError)) return t('failure.unexpected');
  if (failure.status === 0) return t('failure.unreachable');
  if (failure.status === 403) return t('failure.notAllowed');
  if (failure.status === 404) return t('failure.notFound');
  const { title, titleZh } = failure.problem;
  return (i18next.resolvedLanguage === 'zh' && titleZh) || title || t('failure.status', { status: failure.status });
}
