import { CalculatorOutlined, FolderOpenOutlined, SendOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Empty, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { newIdempotencyKey } from '../api/client';
import { commands, queries } from '../api/queries';
import type { Quote } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Figure } from '../parts/Figure';
import { Why } from '../parts/Why';
import { Editor } from './Editor';
import { offsetOf } from './editing';
import { Faults, faultsOf } from './Faults';
import { templateNames, templates, type TemplateName } from './templates';

const draftKey = 'meridian.draft';
const fileSizeMax = 1024 * 1024;

export default function SubmitPage() {
  const { t } = useTranslation();
  const [yaml, setYaml] = useDraft();
  const [fileName, setFileName] = useState('job.yaml');
  const area = useRef<HTMLTextAreaElement>(null);
  const { quote, submit } = useSubmission(yaml, fileName);
  const { data: identity } = useQuery(queries.identity());
  const failure = submit.error ?? quote.error;
  const faultLines = useMemo(() => new Set(faultsOf(failure).flatMap((fault) => fault.line ?? [])), [failure]);

  function change(text: string, name = fileName) {
    setYaml(text);
    setFileName(name);
    quote.reset();
    submit.reset();
  }

  function goTo(line: number, column: number) {
    const offset = offsetOf(yaml, line, column);
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset);
  }

  return (
    <>
      <h1>{t('submit.title')}</h1>
      <div className="submit">
        <Card
          className="submit-file"
          title={t('submit.file')}
          extra={
            <span className="submit-tools">
              <Select<TemplateName>
                className="template-select"
                aria-label={t('submit.template')}
                placeholder={t('submit.template')}
                value={templateNames.find((name) => templates[name] === yaml) ?? null}
                onChange={(name) => change(templates[name], `${name}.yaml`)}
                options={templateNames.map((name) => ({ value: name, label: t(`template.${name}`) }))}
              />
              <OpenFile onOpen={change} />
            </span>
          }
        >
          <Editor value={yaml} onChange={(text) => change(text)} faultLines={faultLines} area={area} onQuote={() => quote.mutate()} />
          <div className="submit-actions">
            <span id="editor-hint" className="quiet small">{t('submit.hint')}</span>
            <span>
              <Button icon={<CalculatorOutlined aria-hidden />} loading={quote.isPending} disabled={yaml.trim() === ''} onClick={() => quote.mutate()}>
                {t('submit.quote')}
              </Button>
              <Button type="primary" icon={<SendOutlined aria-hidden />} loading={submit.isPending} disabled={yaml.trim() === '' || identity?.role === 'viewer'} onClick={() => submit.mutate()}>
                {t('submit.submit')}
              </Button>
            </span>
          </div>
        </Card>
        <div className="submit-answer" aria-live="polite">
          {failure && <Faults failure={failure} goTo={goTo} />}
          {quote.data && <QuoteCard quote={quote.data} />}
          {!failure && !quote.data && <Card><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('submit.noQuote')} /></Card>}
        </div>
      </div>
    </>
  );
}

function useSubmission(yaml: string, fileName: string) {
  const navigate = useNavigate();
  const client = useQueryClient();
  // The same text sent again after a lost answer is the same job; changed text is a new one.
  const key = useMemo(() => ({ yaml, value: newIdempotencyKey() }), [yaml]);
  const quote = useMutation({ mutationFn: () => commands.quote(yaml, fileName) });
  const submit = useMutation({
    mutationFn: () => commands.submit(yaml, fileName, key.value),
    onSuccess: (submitted) => {
      void client.invalidateQueries({ queryKey: ['jobs'] });
      void navigate(`/jobs/${submitted.id}`);
    },
  });
  return { quote, submit };
}

/** What is being written outlives a look at another page, and nothing more. */
function useDraft(): [string, (yaml: string) => void] {
  const state = useLocation().state as { yaml?: unknown } | null;
  const handed = typeof state?.yaml === 'string' ? state.yaml : null;
  const [yaml, setYaml] = useState(() => handed ?? sessionStorage.getItem(draftKey) ?? templates.hello);
  useEffect(() => sessionStorage.setItem(draftKey, yaml), [yaml]);
  return [yaml, setYaml];
}

function OpenFile({ onOpen }: { onOpen: (text: string, fileName: string) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);

  async function read(file: File | undefined) {
    if (file === undefined || file.size > fileSizeMax) return;
    onOpen(await file.text(), file.name);
  }

  return (
    <>
      <input
        ref={input} type="file" hidden accept=".yaml,.yml,application/yaml" aria-label={t('submit.open')}
        onChange={(event) => {
          void read(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <Button icon={<FolderOpenOutlined aria-hidden />} onClick={() => input.current?.click()}>{t('submit.open')}</Button>
    </>
  );
}

function QuoteCard({ quote }: { quote: Quote }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card title={t('submit.quoteTitle')}>
      <div className="figure-row figure-row-small">
        <Figure name={t('submit.expected')}>{format.money(quote.expected)}</Figure>
        <Figure name={t('submit.holdAtMost')}>{format.money(quote.holdAtMost)}</Figure>
        <Figure name={t('jobs.tasks')}>{format.number(quote.taskCount)}</Figure>
      </div>
      <Why placement={quote.placement} />
    </Card>
  );
}
