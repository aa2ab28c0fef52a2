/** Text for people, from quantities in their units. Every function takes the locale; none reads the clock. */

const nothing = '–';

/** Binary units, as in the job file. */
export function bytes(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'], locale);
}

/** Decimal units, as networks count. */
export function bandwidth(bitsPerSecond: number | null | undefined, locale: string): string {
  if (bitsPerSecond === null || bitsPerSecond === undefined || !Number.isFinite(bitsPerSecond)) return nothing;
  return scaled(bitsPerSecond, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'], locale);
}

export function cores(millicores: number, locale: string): string {
  return number(millicores / 1000, locale, 2);
}

export function latency(microseconds: number, locale: string): string {
  return microseconds < 1000
    ? `${number(microseconds, locale, 0)} µs`
    : `${number(microseconds / 1000, locale, microseconds < 10_000 ? 1 : 0)} ms`;
}

export function carbon(grams: number | null | undefined, locale: string): string {
  if (grams === null || grams === undefined || !Number.isFinite(grams)) return nothing;
  if (grams >= 1000) return `${number(grams / 1000, locale, 2)} kg`;
  return grams < 1 && grams > 0 ? `${number(grams * 1000, locale, 0)} mg` : `${number(grams, locale, 1)} g`;
}

/** `12.5 CNY` as ¥12.50; small amounts keep up to six decimals, because they are what a task costs. */
export function money(text: string | null | undefined, locale: string): string {
  const parsed = parseMoney(text);
  if (parsed === null) return text == null || text === '' ? nothing : text;
  const size = Math.abs(parsed.amount);
  const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  try {
    return new Intl.NumberFormat(locale, {
      style: 'currency', currency: parsed.currency, currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(parsed.amount);
  } catch {
    return text ?? nothing;
  }
}

export function parseMoney(text: string | null | undefined): { amount: number; currency: string } | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Z]{3})?\s*$/.exec(text ?? '');
  return match === null ? null : { amount: Number(match[1]), currency: match[2] ?? 'CNY' };
}

/** The two largest units that matter: `1 h 05 min`, `42 s`, `180 ms`. */
export function duration(seconds: number | null | undefined, locale: string): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return nothing;
  const unit = locale.startsWith('zh') ? unitsOfTime.zh : unitsOfTime.en;
  if (seconds === 0) return `0 ${unit.second}`;
  if (seconds < 1) return `${number(seconds * 1000, locale, 0)} ${unit.millisecond}`;
  if (seconds < 59.5) return `${number(seconds, locale, seconds < 9.95 ? 1 : 0)} ${unit.second}`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days} ${unit.day} ${pad(hours)} ${unit.hour}`;
  return hours > 0
    ? `${hours} ${unit.hour} ${pad(minutes)} ${unit.minute}`
    : `${minutes} ${unit.minute} ${pad(whole % 60)} ${unit.second}`;
}

const unitsOfTime = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's', millisecond: 'ms' },
  zh: { day: '天', hour: '小时', minute: '分', second: '秒', millisecond: '毫秒' },
};

/** The reader's local time, with the date unless it is today. */
export function moment(iso: string | null | undefined, locale: string, now: Date, timeZone?: string): string {
  if (iso === null || iso === undefined) return nothing;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return nothing;
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'short', ...zone });
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', ...zone };
  const isToday = day.format(at) === day.format(now);
  return new Intl.DateTimeFormat(locale, isToday ? time : { month: 'short', day: 'numeric', ...time }).format(at);
}

export function number(value: number, locale: string, decimalsMax = 1): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: decimalsMax }).format(value);
}

export function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** A part of a whole between 0 and 1; nothing of nothing is nothing. */
export function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** The entry for the hour (UTC) of a list with 24 entries, or the one entry of a list for all hours. */
export function atHour(values: readonly number[], now: Date): number | null {
  return values[values.length === 1 ? 0 : now.getUTCHours()] ?? null;
}

/** Seconds between two moments; an open end is now. */
export function secondsBetween(from: string | null, to: string | null, now: Date): number | null {
  if (from === null) return null;
  return Math.max(0, ((to === null ? now.getTime() : Date.parse(to)) - Date.parse(from)) / 1000);
}

/** An address that is safe to link to, or nothing: what a task says about itself is not to be trusted. */
export function safeHref(address: string | null | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

function scaled(value: number, step: number, units: readonly string[], locale: string): string {
  let index = 0;
  let size = Math.abs(value);
  // What would be printed as 1024 or 1000 of a unit belongs to the next one.
  while (index < units.length - 1 && Math.round(size * 10) / 10 >= step) {
    size /= step;
    index += 1;
  }
  return `${number(Math.sign(value) * size, locale, size >= 100 || index === 0 ? 0 : 1)} ${units[index]}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
