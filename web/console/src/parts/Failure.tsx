import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

/** What went wrong with a request, in words and with a way on. */
export function Failure({ failure, retry }: { failure: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = failure instanceof ApiError ? failure.problem : {};
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="spaced"
      title={failureTitle(failure, t)}
      description={problem.detail}
      action={retry && <Button size="small" onClick={retry}>{t('common.tryAgain')}</Button>}
    />
  );
}

export function failureTitle(failure: Error, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (!(failure instanceof ApiError)) return t('failure.unexpected');
  if (failure.status === 0) return t('failure.unreachable');
  if (failure.status === 403) return t('failure.notAllowed');
  if (failure.status === 404) return t('failure.notFound');
  return failure.problem.title || t('failure.status', { status: failure.status });
}
