import { MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '../i18n';
import type { ThemeChoice } from './preferences';

export interface ThemeSwitchProps {
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
}

export function Switches({ themeChoice, chooseTheme }: ThemeSwitchProps) {
  const { t, i18n } = useTranslation();
  const isChinese = i18n.resolvedLanguage === 'zh';
  return (
    <>
      <Button
        type="text"
        icon={<TranslationOutlined aria-hidden />}
        lang={isChinese ? 'en' : 'zh-CN'}
        aria-label={isChinese ? 'Switch to English' : '切换到中文'}
        onClick={() => chooseLanguage(isChinese ? 'en' : 'zh')}
      >
        {isChinese ? 'EN' : '中文'}
      </Button>
      <Button
        type="text"
        icon={themeChoice === 'dark' ? <SunOutlined aria-hidden /> : <MoonOutlined aria-hidden />}
        aria-label={themeChoice === 'dark' ? t('app.useLight') : t('app.useDark')}
        title={themeChoice === 'dark' ? t('app.useLight') : t('app.useDark')}
        onClick={() => chooseTheme(themeChoice === 'dark' ? 'light' : 'dark')}
      />
    </>
  );
}
