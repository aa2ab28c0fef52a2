import { describe, expect, it } from 'vitest';
import * as format from '../src/format/format';

describe('format', () => {
  it('writes sizes in binary units and rates in decimal ones', () => {
    expect(format.bytes(0, 'en-GB')).toBe('0 B');
    expect(format.bytes(1023, 'en-GB')).toBe('1,023 B');
    expect(format.bytes(1024 ** 3 * 1.5, 'en-GB')).toBe('1.5 GiB');
    expect(format.bytes(1024 ** 3 - 1, 'en-GB')).toBe('1 GiB');
    expect(format.bandwidth(1e9, 'en-GB')).toBe('1 Gbit/s');
    expect(format.bandwidth(6e8, 'zh-CN')).toBe('600 Mbit/s');
    expect(format.bytes(null, 'en-GB')).toBe('–');
  });

  it('keeps the decimals of small amounts of money and the currency of each', () => {
    expect(format.money('1250.5 CNY', 'zh-CN')).toBe('¥1,250.50');
    expect(format.money('0.0021 CNY', 'zh-CN')).toBe('¥0.002100');
    expect(format.money('-3 EUR', 'en-GB')).toBe('-€3.00');
    expect(format.money('0 CNY', 'en-GB')).toBe('¥0.00');
    expect(format.money('plenty', 'en-GB')).toBe('plenty');
    expect(format.money(null, 'en-GB')).toBe('–');
  });

  it('writes durations in the two units that matter', () => {
    expect(format.duration(0.18, 'en-GB')).toBe('180 ms');
    expect(format.duration(9.97, 'en-GB')).toBe('10 s');
    expect(format.duration(59.7, 'en-GB')).toBe('1 min 00 s');
    expect(format.duration(3900, 'en-GB')).toBe('1 h 05 min');
    expect(format.duration(3900, 'zh-CN')).toBe('1 小时 05 分');
    expect(format.duration(90000, 'en-GB')).toBe('1 d 01 h');
    expect(format.duration(-1, 'en-GB')).toBe('–');
  });

  it('writes the date only where it is not today', () => {
    const now = new Date('2026-03-01T12:00:00Z');
    expect(format.moment('2026-03-01T08:05:09Z', 'en-GB', now, 'UTC')).toBe('08:05:09');
    expect(format.moment('2026-02-27T08:05:09Z', 'en-GB', now, 'UTC')).toContain('27 Feb');
    expect(format.moment('never', 'en-GB', now, 'UTC')).toBe('–');
  });

  it('takes the hour of a list by the clock in UTC', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    expect(format.atHour(hours, new Date('2026-03-01T17:59:59Z'))).toBe(17);
    expect(format.atHour([0.3], new Date('2026-03-01T17:00:00Z'))).toBe(0.3);
    expect(format.atHour([], new Date())).toBeNull();
  });

  it('links only to web addresses', () => {
    expect(format.safeHref('http://10.0.0.4:8080/x')).toBe('http://10.0.0.4:8080/x');
    expect(format.safeHref('javascript:alert(1)')).toBeNull();
    expect(format.safeHref('tcp://10.0.0.4:80')).toBeNull();
    expect(format.safeHref('edge:8080 nonsense')).toBeNull();
  });

  it('keeps shares between nothing and all', () => {
    expect(format.share(3, 0)).toBe(0);
    expect(format.share(5, 4)).toBe(1);
    expect(format.latency(450, 'en-GB')).toBe('450 µs');
    expect(format.latency(2100, 'en-GB')).toBe('2.1 ms');
    expect(format.carbon(0.2, 'en-GB')).toBe('200 mg');
  });
});
