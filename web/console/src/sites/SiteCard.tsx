import { Card, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PoolView, SiteView } from '../api/types';
import { atHour, share } from '../format/format';
import { useFormat } from '../format/useFormat';
import { Bar } from '../parts/Bar';
import { HourStrip } from './HourStrip';

export function SiteCard({ site, now }: { site: SiteView; now: Date }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { used, total } = site;
  const price = atHour(site.powerPricePerKwhByHour, now);
  const carbon = atHour(site.carbonGramsPerKwhByHour, now);
  return (
    <Card
      className="site-card"
      title={
        <span className="site-title">
          <span className={site.isConnected ? 'dot dot-on' : 'dot'} aria-hidden="true" />
          <span>{site.name}</span>
          <Tag>{t(`tier.${site.tier}`, { defaultValue: site.tier })}</Tag>
        </span>
      }
      extra={<span className="quiet">{site.isConnected ? t('sites.connected') : t('sites.disconnected')}</span>}
    >
      <p className="site-facts quiet">
        {site.region} · {site.provider} · {site.sovereignty || '–'} · PUE {format.number(site.pue, 2)}
      </p>
      <Bar label={t('sites.cpu')} text={`${format.cores(used.cpuMillicores)} / ${format.cores(total.cpuMillicores)} ${t('sites.cores')}`} share={share(used.cpuMillicores, total.cpuMillicores)} />
      <Bar label={t('sites.memory')} text={`${format.bytes(used.memoryBytes)} / ${format.bytes(total.memoryBytes)}`} share={share(used.memoryBytes, total.memoryBytes)} />
      {total.accelerators > 0 && (
        <Bar label={t('sites.accelerators')} text={`${used.accelerators} / ${total.accelerators}`} share={share(used.accelerators, total.accelerators)} />
      )}
      <div className="site-hours">
        <HourStrip name={t('sites.power')} values={site.powerPricePerKwhByHour} text={price === null ? '–' : `${format.number(price, 3)} /kWh`} now={now} />
        <HourStrip name={t('sites.carbon')} values={site.carbonGramsPerKwhByHour} text={carbon === null ? '–' : `${format.number(carbon, 0)} g/kWh`} now={now} />
      </div>
      <ul className="pools" aria-label={t('sites.pools')}>
        {site.pools.map((pool) => <Pool key={pool.id} pool={pool} />)}
        {site.pools.length === 0 && <li className="quiet">{t('sites.noPools')}</li>}
      </ul>
    </Card>
  );
}

function Pool({ pool }: { pool: PoolView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isSandboxed = pool.nodes.length > 0 && pool.nodes.every((node) => node.canSandbox);
  const notes = [...new Set(pool.nodes.map((node) => node.isolationNote).filter((note) => note !== ''))].join('; ');
  return (
    <li>
      <span>
        <strong>{pool.id}</strong> <span className="quiet">{pool.driver} · {t('sites.nodeCount', { count: pool.nodes.length })}</span>
      </span>
      <span className="pool-end">
        {pool.isDraining && <Tag color="warning">{t('sites.draining')}</Tag>}
        {pool.nodes.length > 0 && (
          <Tooltip title={notes}>
            <Tag tabIndex={notes === '' ? undefined : 0}>{isSandboxed ? t('isolation.sandbox') : t('isolation.plain')}</Tag>
          </Tooltip>
        )}
        <span className="figures quiet">{t('sites.coreHour', { price: format.number(pool.prices.cpuCoreHour, 4) })}</span>
      </span>
    </li>
  );
}
