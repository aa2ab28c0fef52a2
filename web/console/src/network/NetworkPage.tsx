import { useQuery } from '@tanstack/react-query';
import { Card, Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import type { CirclesView } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Failure } from '../parts/Failure';
import { Figure } from '../parts/Figure';
import { Loading } from '../parts/Loading';
import { NetworkMap } from '../sites/NetworkMap';
import { CircuitsTable } from './CircuitsTable';
import { LinksTable } from './LinksTable';
import { PairsTable } from './PairsTable';

/** The network between the sites as it is measured and declared, and what circuits hold of it. */
export default function NetworkPage() {
  const { t } = useTranslation();
  const sites = useQuery(queries.sites());
  const links = useQuery(queries.links());
  const circles = useQuery(queries.circles());
  if (sites.isPending || links.isPending) return <Loading />;
  const names = new Map((sites.data ?? []).map((site) => [site.id, site.name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return (
    <>
      <h1>{t('nav.network')}</h1>
      {[sites, links, circles].map((query, index) => query.error && <Failure key={index} failure={query.error} retry={() => void query.refetch()} />)}
      {circles.data && <Circles circles={circles.data} />}
      <Card title={t('sites.map')} className="map-card spaced">
        {links.data?.length ? <NetworkMap sites={sites.data ?? []} links={links.data} /> : <Empty description={t('network.noLinks')} />}
      </Card>
      <Card title={t('sites.links')} className="flush spaced"><LinksTable links={links.data ?? []} nameOf={nameOf} /></Card>
      <Card title={t('network.circuits')} className="flush spaced"><CircuitsTable /></Card>
      <Card title={t('network.pairs')} className="flush"><PairsTable nameOf={nameOf} /></Card>
    </>
  );
}

function Circles({ circles }: { circles: CirclesView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="figure-row">
      <Figure name={t('network.meeting')} note={t('network.target')}>
        {circles.shareMeetingTarget === null ? '–' : format.percent(circles.shareMeetingTarget)}
      </Figure>
      {circles.shares.map((share) => (
        <Figure
          key={share.circle}
          name={t('network.within', { circle: t(`circle.${share.circle}`), time: format.latency(share.latencyMicrosecondsMax) })}
          note={t('network.pairCount', { count: share.pairCount, all: circles.pairCount })}
        >
          {format.percent(share.share)}
        </Figure>
      ))}
      <Figure name={t('network.measuredPairs')} note={t('network.measuredNote')}>
        {circles.measuredPairCount}<small> / {circles.pairCount}</small>
      </Figure>
    </div>
  );
}
