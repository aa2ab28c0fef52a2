export interface Edit {
  text: string;
  start: number;
  end: number;
}

const indent = '  ';

/** Enter keeps the line's indentation and goes one deeper after a key that opens a block. */
export function breakLine({ text, start, end }: Edit): Edit {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const current = /^ */.exec(line)![0];
  const added = '\n' + current + (/:\s*$/.test(line) ? indent : '');
  return { text: text.slice(0, start) + added + text.slice(end), start: start + added.length, end: start + added.length };
}

/** Indents the lines that the selection touches, or takes the indentation back. A bare caret gets spaces. */
export function shift(edit: Edit, direction: 'in' | 'out'): Edit {
  const { text, start, end } = edit;
  if (direction === 'in' && start === end)
    return { text: text.slice(0, start) + indent + text.slice(end), start: start + indent.length, end: start + indent.length };

  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lines = text.slice(from, end).split('\n');
  const changed = lines.map((line) => (direction === 'in' ? indent + line : line.replace(/^ {1,2}/, '')));
  const difference = changed.join('\n').length - lines.join('\n').length;
  return {
    text: text.slice(0, from) + changed.join('\n') + text.slice(end),
    start: Math.max(from, start + changed[0]!.length - lines[0]!.length),
    end: end + difference,
  };
}

/** Where a line and column (both from 1) are in the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const index = Math.min(Math.max(1, line), lines.length) - 1;
  const before = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  return before + Math.min(Math.max(1, column) - 1, lines[index]!.length);
}
