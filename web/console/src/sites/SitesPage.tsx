import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import type { LinkView, SiteView } from '../api/types';
import { share } from '../format/format';
import { useFormat } from '../format/useFormat';
import { Bar } from '../parts/Bar';
import { Failure } from '../parts/Failure';
import { Figure } from '../parts/Figure';
import { Loading } from '../parts/Loading';
import { useNow } from '../parts/useNow';
import { NetworkMap } from './NetworkMap';
import { SiteCard } from './SiteCard';
import { scrollable } from '../parts/scrollable';

export default function SitesPage() {
  const { t } = useTranslation();
  const sites = useQuery(queries.sites());
  const links = useQuery(queries.links());
  const now = useNow(true, 60_000);
  if (sites.isPending) return <Loading />;
  const sitesRead = sites.data ?? [];
  const linksRead = links.data ?? [];

  return (
    <>
      <h1>{t('nav.sites')}</h1>
      {sites.error && <Failure failure={sites.error} retry={() => void sites.refetch()} />}
      {links.error && <Failure failure={links.error} retry={() => void links.refetch()} />}
      {sitesRead.length === 0 && !sites.error && <Card><Empty description={t('sites.none')} /></Card>}
      {sitesRead.length > 0 && (
        <>
          <Totals sites={sitesRead} links={linksRead} />
          <div className="network">
            <Card title={t('sites.map')} className="map-card"><NetworkMap sites={sitesRead} links={linksRead} /></Card>
            <Card title={t('sites.links')} className="links-card"><LinksTable links={linksRead} sites={sitesRead} /></Card>
          </div>
          <div className="site-cards">
            {sitesRead.map((site) => <SiteCard key={site.id} site={site} now={now} />)}
          </div>
        </>
      )}
    </>
  );
}

function Totals({ sites, links }: { sites: SiteView[]; links: LinkView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sum = (of: (site: SiteView) => number) => sites.reduce((total, site) => total + of(site), 0);
  const accelerators = sum((site) => site.total.accelerators);
  return (
    <div className="figure-row">
      <Figure name={t('sites.connectedSites')} note={t('sites.poolsAndNodes', { pools: sum((site) => site.pools.length), nodes: sum((site) => site.pools.reduce((count, pool) => count + pool.nodes.length, 0)) })}>
        {sites.filter((site) => site.isConnected).length}<small> / {sites.length}</small>
      </Figure>
      <Figure name={t('sites.cpu')} note={t('sites.cores')}>
        {format.cores(sum((site) => site.used.cpuMillicores))}<small> / {format.cores(sum((site) => site.total.cpuMillicores))}</small>
      </Figure>
      <Figure name={t('sites.memory')} note={t('sites.inUse', { share: format.percent(share(sum((site) => site.used.memoryBytes), sum((site) => site.total.memoryBytes))) })}>
        {format.bytes(sum((site) => site.used.memoryBytes))}<small> / {format.bytes(sum((site) => site.total.memoryBytes))}</small>
      </Figure>
      {accelerators > 0 && (
        <Figure name={t('sites.accelerators')} note={t('sites.inUse', { share: format.percent(share(sum((site) => site.used.accelerators), accelerators)) })}>
          {sum((site) => site.used.accelerators)}<small> / {accelerators}</small>
        </Figure>
      )}
      <Figure name={t('sites.links')} note={t('sites.reservedTotal')}>
        {format.bandwidth(links.reduce((total, link) => total + link.reservedBitsPerSecond, 0))}
      </Figure>
    </div>
  );
}

function LinksTable({ links, sites }: { links: LinkView[]; sites: SiteView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = new Map(sites.map((site) => [site.id, site.name]));
  const name = (id: string) => names.get(id) ?? id;
  return (
    <Table<LinkView>
      size="small"
      rowKey="id"
      dataSource={links}
      pagination={links.length > 8 ? { pageSize: 8, size: 'small', showSizeChanger: false } : false}
      {...scrollable}
      columns={[
        { title: t('sites.link'), key: 'link', render: (_, link) => <span className="nowrap">{name(link.from)} → {name(link.to)}</span> },
        {
          title: t('sites.reserved'), key: 'reserved', width: 180,
          render: (_, link) => (
            <Bar label={format.bandwidth(link.bitsPerSecond)} text={format.bandwidth(link.reservedBitsPerSecond)} share={share(link.reservedBitsPerSecond, link.bitsPerSecond)} />
          ),
        },
        { title: t('sites.latency'), key: 'latency', align: 'right', render: (_, link) => <span className="nowrap">{format.latency(link.latencyMicroseconds)}</span> },
        { title: t('sites.pricePerGigabyte'), key: 'price', align: 'right', render: (_, link) => format.number(link.pricePerGigabyte, 4) },
      ]}
    />
  );
}
