import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LinkView, SiteView } from '../api/types';
import { share } from '../format/format';
import { useFormat } from '../format/useFormat';
import { bend, gridStep, isNameAbove, layOut, type MapLayout, type Point } from './layout';

const size = { width: 760, height: 400, margin: 74, distanceMin: 215 };
const labelledPairsMax = 14;

/** Sites where they are and the links between them: width is bandwidth, the darker part is reserved. */
export function NetworkMap({ sites, links }: { sites: SiteView[]; links: LinkView[] }) {
  const { t } = useTranslation();
  const distanceMin = sites.length > 12 ? 60 : sites.length > 6 ? 120 : size.distanceMin;
  const layout = useMemo(() => layOut(sites, { ...size, distanceMin }), [sites, distanceMin]);
  const pairs = useMemo(() => pairUp(links), [links]);

  return (
    <svg className="map" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={t('sites.mapLabel', { sites: sites.length, links: links.length })}>
      <Grid layout={layout} />
      {pairs.map((pair) => (
        <Pair key={pair[0]!.id} pair={pair} points={layout.points} isLabelled={pairs.length <= labelledPairsMax} />
      ))}
      {sites.map((site) => (
        <SiteMark key={site.id} site={site} at={layout.points.get(site.id)!} isNameAbove={isNameAbove(layout.points.get(site.id)!, layout.points.values())} />
      ))}
    </svg>
  );
}

function Grid({ layout }: { layout: MapLayout }) {
  const { south, north, west, east } = layout.bounds;
  const step = Math.max(gridStep((east - west) * 1.6, 8), gridStep((north - south) * 1.6, 6));
  const meridians = steps(west - (east - west), east + (east - west), step);
  const parallels = steps(south - (north - south), north + (north - south), step);
  return (
    <g className="map-grid" aria-hidden="true">
      {meridians.map((longitude) => {
        const { x } = layout.toPoint(south, longitude);
        return x < 0 || x > size.width ? null : (
          <g key={longitude}>
            <line x1={x} x2={x} y1={0} y2={size.height} />
            <text x={x + 4} y={size.height - 6}>{degrees(longitude, 'E', 'W')}</text>
          </g>
        );
      })}
      {parallels.map((latitude) => {
        const { y } = layout.toPoint(latitude, west);
        return y < 0 || y > size.height - 16 ? null : (
          <g key={latitude}>
            <line x1={0} x2={size.width} y1={y} y2={y} />
            <text x={6} y={y - 4}>{degrees(latitude, 'N', 'S')}</text>
          </g>
        );
      })}
    </g>
  );
}

function Pair({ pair, points, isLabelled }: { pair: LinkView[]; points: Map<string, Point>; isLabelled: boolean }) {
  const format = useFormat();
  const { t } = useTranslation();
  const isOneLabel = new Set(pair.map((link) => `${link.bitsPerSecond}/${link.latencyMicroseconds}`)).size === 1;
  return pair.map((link, index) => {
    const from = points.get(link.from);
    const to = points.get(link.to);
    if (from === undefined || to === undefined) return null;
    const { path, middle } = bend(from, to, 0.09);
    const width = lineWidth(link.bitsPerSecond);
    const reserved = share(link.reservedBitsPerSecond, link.bitsPerSecond);
    const text = `${format.bandwidth(link.bitsPerSecond)} · ${format.latency(link.latencyMicroseconds)}`;
    const labelAt = isOneLabel && pair.length > 1 ? { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 } : middle;
    return (
      <g key={link.id} className="map-link">
        <title>{`${link.from} → ${link.to}: ${text} · ${t('sites.reservedShare', { share: format.percent(reserved) })}`}</title>
        <path d={path} className="map-reach" />
        <path d={path} className="map-capacity" strokeWidth={width} />
        {reserved > 0 && <path d={path} className="map-reserved" strokeWidth={Math.max(1.5, width * reserved)} />}
        {isLabelled && (!isOneLabel || index === 0) && <Label at={labelAt} text={text} />}
      </g>
    );
  });
}

function Label({ at, text }: { at: Point; text: string }) {
  const width = text.length * 6 + 12;
  return (
    <g className="map-label" transform={`translate(${at.x} ${at.y})`}>
      <rect x={-width / 2} y={-10} width={width} height={20} rx={10} />
      <text textAnchor="middle" dy={4}>{text}</text>
    </g>
  );
}

function SiteMark({ site, at, isNameAbove }: { site: SiteView; at: Point; isNameAbove: boolean }) {
  const format = useFormat();
  const { t } = useTranslation();
  const radius = { core: 21, region: 17, edge: 13, device: 10 }[site.tier] ?? 14;
  const used = share(site.used.cpuMillicores, site.total.cpuMillicores);
  const around = 2 * Math.PI * radius;
  const tier = t(`tier.${site.tier}`, { defaultValue: site.tier });
  return (
    <g className={site.isConnected ? 'map-site' : 'map-site map-site-off'} transform={`translate(${at.x} ${at.y})`}>
      <title>{`${site.name} · ${tier} · ${site.isConnected ? t('sites.connected') : t('sites.disconnected')} · CPU ${format.percent(used)}`}</title>
      <circle r={radius + 4} className="map-site-back" />
      <circle r={radius} className="map-site-ring" />
      <circle r={radius} className="map-site-used" strokeDasharray={`${around * used} ${around}`} transform="rotate(-90)" />
      <text className="map-site-share" textAnchor="middle" dy={4}>{radius >= 13 ? format.percent(used) : ''}</text>
      <g transform={`translate(0 ${isNameAbove ? -radius - 26 : radius + 20})`}>
        <text className="map-site-name" textAnchor="middle">{site.name}</text>
        <text className="map-site-tier" textAnchor="middle" dy={15}>{tier}</text>
      </g>
    </g>
  );
}

/** Both directions between two sites, together. */
function pairUp(links: LinkView[]): LinkView[][] {
  const pairs = new Map<string, LinkView[]>();
  for (const link of links) {
    const key = [link.from, link.to].sort().join('\n');
    pairs.set(key, [...(pairs.get(key) ?? []), link]);
  }
  return [...pairs.values()];
}

function lineWidth(bitsPerSecond: number): number {
  return Math.min(12, Math.max(2, 2 + 2.2 * (Math.log10(Math.max(1, bitsPerSecond)) - 7)));
}

function steps(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.min(60, Math.floor(to / step) - first + 1)) }, (_, index) =>
    Number(((first + index) * step).toFixed(2)));
}

function degrees(value: number, positive: string, negative: string): string {
  return value === 0 ? '0°' : `${Math.abs(value)}°${value > 0 ? positive : negative}`;
}
