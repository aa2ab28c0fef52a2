import { useTranslation } from 'react-i18next';

/** The sites that data passes, in order. */
export function PathText({ path, fromSite, toSite }: { path: string[]; fromSite: string; toSite: string }) {
  const { t } = useTranslation();
  const sites = path.length > 1 ? path : [fromSite, toSite];
  return (
    <span className="nowrap" aria-label={t('common.path', { sites: sites.join(', ') })}>
      {sites.join(' → ')}
    </span>
  );
}
