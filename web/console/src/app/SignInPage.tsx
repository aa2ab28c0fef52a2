import { Alert, Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../api/session';
import { Brand } from '../parts/Brand';
import { checkToken, type TokenCheck } from './checkToken';
import { Switches, type ThemeSwitchProps } from './Switches';

export function SignInPage(props: ThemeSwitchProps) {
  const { t } = useTranslation();
  const [check, setCheck] = useState<TokenCheck | 'checking' | null>(null);

  async function signIn({ token }: { token: string }) {
    setCheck('checking');
    const result = await checkToken(token.trim());
    if (result === 'accepted') session.signIn(token.trim());
    setCheck(result);
  }

  return (
    <main className="sign-in">
      <div className="sign-in-switches">
        <Switches {...props} />
      </div>
      <Card className="sign-in-card">
        <h1>
          <Brand size={34} />
        </h1>
        <p className="quiet">{t('signIn.lead')}</p>
        <Form layout="vertical" onFinish={signIn} requiredMark={false}>
          <Form.Item
            name="token"
            label={t('signIn.token')}
            rules={[{ required: true, whitespace: true, message: t('signIn.tokenMissing') }]}
            extra={t('signIn.hint')}
          >
            <Input.Password autoFocus autoComplete="off" spellCheck={false} size="large" />
          </Form.Item>
          {(check === 'refused' || check === 'unreachable') && (
            <Alert type="error" showIcon title={t(`signIn.${check}`)} className="spaced" role="alert" />
          )}
          <Button type="primary" htmlType="submit" size="large" block loading={check === 'checking'}>
            {t('signIn.submit')}
          </Button>
        </Form>
      </Card>
    </main>
  );
}
