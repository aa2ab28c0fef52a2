import { useTranslation } from 'react-i18next';
import { atHour } from '../format/format';

/** A quantity over the hours of a day (UTC), with the present hour marked. */
export function HourStrip({ name, values, text, now }: { name: string; values: number[]; text: string; now: Date }) {
  const { t } = useTranslation();
  const hours = Array.from({ length: 24 }, (_, hour) => values[values.length === 1 ? 0 : hour] ?? 0);
  const top = Math.max(...hours, 1e-9);
  const hour = now.getUTCHours();
  const local = (index: number) => new Date(Date.UTC(2000, 0, 1, index)).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (
    <div className="hours">
      <div className="meter-text">
        <span>{name}</span>
        <span className="figures">{text}</span>
      </div>
      <svg viewBox="0 0 120 22" preserveAspectRatio="none" role="img" aria-label={t('sites.hoursLabel', { name, now: atHour(values, now) ?? 0, low: Math.min(...hours), high: top })}>
        {hours.map((value, index) => (
          <rect key={index} x={index * 5 + 0.5} width={4} y={22 - 21 * (value / top)} height={Math.max(1, 21 * (value / top))} className={index === hour ? 'hour hour-now' : 'hour'}>
            <title>{`${String(index).padStart(2, '0')}:00 UTC (${local(index)}): ${value}`}</title>
          </rect>
        ))}
      </svg>
    </div>
  );
}
