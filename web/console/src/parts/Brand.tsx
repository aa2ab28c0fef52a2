import { useTranslation } from 'react-i18next';

export function Brand({ size = 26 }: { size?: number }) {
  const { t } = useTranslation();
  return (
    <span className="brand">
      <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
        <circle cx="16" cy="16" r="13" stroke="var(--accent)" strokeWidth="2.4" />
        <ellipse cx="16" cy="16" rx="5.5" ry="13" stroke="var(--accent)" strokeWidth="2" />
        <path d="M4 12h24M4 20h24" stroke="var(--accent)" strokeWidth="1.6" opacity=".55" />
        <circle cx="20.6" cy="12" r="3.2" fill="var(--teal)" />
      </svg>
      <span>{t('app.title')}</span>
    </span>
  );
}
