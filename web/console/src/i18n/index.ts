import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';
import zh from './zh.json';

const storageKey = 'meridian.language';

export type Language = 'en' | 'zh';

export function startTranslations() {
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: chosenLanguage(localStorage.getItem(storageKey), navigator.languages),
    fallbackLng: 'en',
    supportedLngs: ['en', 'zh'],
    interpolation: { escapeValue: false }, // React escapes.
  });
  tellDocument();
}

export function chooseLanguage(language: Language) {
  localStorage.setItem(storageKey, language);
  void i18next.changeLanguage(language).then(tellDocument);
}

/** What was chosen before, or else the first language of the browser that the console speaks. */
export function chosenLanguage(stored: string | null, browserLanguages: readonly string[]): Language {
  if (stored === 'en' || stored === 'zh') return stored;
  for (const tag of browserLanguages) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'zh') return language;
  }
  return 'en';
}

function tellDocument() {
  document.documentElement.lang = i18next.language === 'zh' ? 'zh-CN' : 'en';
  document.title = i18next.t('app.title');
}
