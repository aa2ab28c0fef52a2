import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import type { Fault } from '../api/types';
import { Failure } from '../parts/Failure';

/** What is wrong with the job file, line by line; a click goes to the place. */
export function Faults({ failure, goTo }: { failure: Error; goTo: (line: number, column: number) => void }) {
  const { t } = useTranslation();
  const faults = faultsOf(failure);
  if (faults.length === 0) return <Failure failure={failure} />;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="spaced"
      title={t('submit.faults', { count: faults.length })}
      description={
        <ul className="faults">
          {faults.map((fault, index) => (
            <li key={index}>
              {fault.line !== null && fault.line > 0 && (
                <button type="button" className="link" onClick={() => goTo(fault.line!, fault.column ?? 1)}>
                  {t('submit.at', { line: fault.line, column: fault.column ?? 1 })}
                </button>
              )}
              <span>{fault.message}</span>
              {fault.hint && <div className="quiet">{fault.hint}</div>}
            </li>
          ))}
        </ul>
      }
    />
  );
}

export function faultsOf(failure: Error | null): Fault[] {
  return failure instanceof ApiError && Array.isArray(failure.problem.errors) ? failure.problem.errors : [];
}
