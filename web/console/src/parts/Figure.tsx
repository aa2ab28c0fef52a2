import type { ReactNode } from 'react';

/** One figure that matters, with its name. */
export function Figure({ name, children, note }: { name: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="figure">
      <div className="figure-name">{name}</div>
      <div className="figure-value">{children}</div>
      {note !== undefined && note !== null && <div className="figure-note">{note}</div>}
    </div>
  );
}
