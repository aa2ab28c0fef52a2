import { type KeyboardEvent, type RefObject, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { breakLine, type Edit, shift } from './editing';

export interface EditorProps {
  value: string;
  onChange: (text: string) => void;
  faultLines: ReadonlySet<number>;
  area: RefObject<HTMLTextAreaElement | null>;
  onQuote: () => void;
}

/**
 * A plain text area with line numbers: enough for a job file, at a hundredth of an editor's weight.
 * Tab indents; after Escape it moves the focus, so that the keyboard is not trapped.
 */
export function Editor({ value, onChange, faultLines, area, onQuote }: EditorProps) {
  const { t } = useTranslation();
  const gutter = useRef<HTMLDivElement>(null);
  const tabLeaves = useRef(false);
  const lineCount = useMemo(() => value.split('\n').length, [value]);

  function apply(edit: Edit) {
    onChange(edit.text);
    // The caret is set after React has written the text.
    requestAnimationFrame(() => area.current?.setSelectionRange(edit.start, edit.end));
  }

  function pressed(event: KeyboardEvent<HTMLTextAreaElement>) {
    const { selectionStart: start, selectionEnd: end } = event.currentTarget;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onQuote();
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      apply(breakLine({ text: value, start, end }));
    } else if (event.key === 'Tab' && !tabLeaves.current) {
      event.preventDefault();
      apply(shift({ text: value, start, end }, event.shiftKey ? 'out' : 'in'));
    }
    tabLeaves.current = event.key === 'Escape' || (tabLeaves.current && event.key === 'Shift');
  }

  return (
    <div className="editor">
      <div className="editor-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lineCount }, (_, index) => (
          <div key={index} className={faultLines.has(index + 1) ? 'editor-fault' : undefined}>{index + 1}</div>
        ))}
      </div>
      <textarea
        ref={area}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label={t('submit.editor')}
        aria-describedby="editor-hint"
        aria-invalid={faultLines.size > 0}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={pressed}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
