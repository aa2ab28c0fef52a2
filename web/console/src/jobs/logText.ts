/** What the page keeps of a log: a browser chokes on more, and the whole of it is there for the CLI. */
export const logCharactersMax = 512 * 1024;

/** Adds a piece and drops whole lines from the beginning where the bound is passed. */
export function appendLog(log: { text: string; droppedBytes: number }, piece: string): { text: string; droppedBytes: number } {
  const text = log.text + printable(piece);
  if (text.length <= logCharactersMax) return { text, droppedBytes: log.droppedBytes };
  // Cut well below the bound, so that the next piece does not cut again.
  const least = text.length - Math.floor(logCharactersMax * 0.75);
  const line = text.indexOf('\n', least);
  const from = line < 0 ? least : line + 1;
  return { text: text.slice(from), droppedBytes: log.droppedBytes + from };
}

/** Without terminal colours and other control characters; a bare carriage return ends a line. */
function printable(piece: string): string {
  return piece.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '');
}
