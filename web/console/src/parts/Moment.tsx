import { useFormat } from '../format/useFormat';

/** A time in the reader's zone; the exact one in UTC is in its title. */
export function Moment({ at }: { at: string | null | undefined }) {
  const format = useFormat();
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at} title={at} className="nowrap">
      {format.moment(at)}
    </time>
  );
}
