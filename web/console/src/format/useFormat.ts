import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as format from './format';

/** The formats in the reader's language. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.resolvedLanguage === 'zh' ? 'zh-CN' : 'en-GB';
  return useMemo(
    () => ({
      locale,
      bytes: (value: number | null | undefined) => format.bytes(value, locale),
      bandwidth: (value: number | null | undefined) => format.bandwidth(value, locale),
      cores: (value: number) => format.cores(value, locale),
      latency: (value: number) => format.latency(value, locale),
      carbon: (value: number | null | undefined) => format.carbon(value, locale),
      money: (value: string | null | undefined) => format.money(value, locale),
      duration: (value: number | null | undefined) => format.duration(value, locale),
      moment: (value: string | null | undefined) => format.moment(value, locale, new Date()),
      number: (value: number, decimalsMax?: number) => format.number(value, locale, decimalsMax),
      percent: (value: number) => format.percent(value, locale),
    }),
    [locale],
  );
}
