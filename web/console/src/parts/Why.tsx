import { BulbOutlined } from '@ant-design/icons';
import { Alert, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Candidate, Placement, TransferPlan } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Figure } from './Figure';
import { Moment } from './Moment';
import { PathText } from './PathText';
import { scrollable } from './scrollable';

/** The answer to where, and the reasons: the choice, what it costs, every pool that was weighed, the data's way. */
export function Why({ placement }: { placement: Placement }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="why">
      {placement.pendingReason && (
        <Alert type="warning" showIcon className="spaced" title={t('why.waits')} description={placement.pendingReason} />
      )}
      {placement.changes.length > 0 && (
        <Alert
          type="info" showIcon icon={<BulbOutlined aria-hidden />} className="spaced" title={t('why.changes')}
          description={<ul className="plain-list">{placement.changes.map((change) => <li key={change}>{change}</li>)}</ul>}
        />
      )}
      {placement.site !== null && (
        <div className="figure-row figure-row-small">
          <Figure name={t('why.site')} note={placement.pool}>{placement.site}</Figure>
          <Figure name={t('why.objective')}>{t(`objective.${placement.objective}`, { defaultValue: placement.objective })}</Figure>
          <Figure name={t('why.price')}>{format.money(placement.price)}</Figure>
          <Figure name={t('why.start')}><Moment at={placement.start} /></Figure>
          <Figure name={t('why.finish')}><Moment at={placement.finish} /></Figure>
          <Figure name={t('why.carbon')}>{format.carbon(placement.carbonGrams)}</Figure>
        </div>
      )}
      {placement.learned && <p className="quiet">{placement.learned}</p>}
      <Candidates candidates={placement.candidates} />
      {placement.transfers.length > 0 && <Transfers transfers={placement.transfers} />}
    </div>
  );
}

const verdictColors = { chosen: 'success', eligible: 'default', refused: 'error' } as const;
const verdictOrder = { chosen: 0, eligible: 1, refused: 2 } as const;

function Candidates({ candidates }: { candidates: Candidate[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ordered = [...candidates].sort((left, right) => verdictOrder[left.verdict] - verdictOrder[right.verdict]);
  return (
    <section>
      <h2>{t('why.candidates')}</h2>
      <Table<Candidate>
        size="small"
        rowKey={(candidate) => `${candidate.site}/${candidate.pool}`}
        dataSource={ordered}
        pagination={ordered.length > 12 ? { pageSize: 12, showSizeChanger: false } : false}
        {...scrollable}
        rowClassName={(candidate) => (candidate.verdict === 'chosen' ? 'row-chosen' : '')}
        columns={[
          {
            title: t('why.pool'), key: 'pool',
            render: (_, candidate) => (
              <>
                <strong>{candidate.site}</strong>
                <div className="quiet small">{candidate.pool}</div>
              </>
            ),
          },
          {
            title: t('why.verdict'), key: 'verdict',
            render: (_, { verdict }) => <Tag color={verdictColors[verdict] ?? 'default'}>{t(`verdict.${verdict}`, { defaultValue: verdict })}</Tag>,
          },
          {
            title: t('why.lostBy'), key: 'lostBy',
            render: (_, candidate) => <span className="lost-by">{candidate.lostBy || '–'}</span>,
          },
          { title: t('why.price'), key: 'price', align: 'right', render: (_, candidate) => <span className="nowrap figures">{format.money(candidate.price)}</span> },
          { title: t('why.finish'), key: 'finish', render: (_, candidate) => <Moment at={candidate.finish} /> },
          { title: t('why.carbon'), key: 'carbon', align: 'right', render: (_, candidate) => <span className="nowrap figures">{format.carbon(candidate.carbonGrams)}</span> },
          {
            title: t('why.latency'), key: 'latency', align: 'right',
            render: (_, { latencyMilliseconds }) => <span className="nowrap figures">{latencyMilliseconds === null ? '–' : format.latency(latencyMilliseconds * 1000)}</span>,
          },
          { title: t('why.ready'), key: 'ready', render: (_, candidate) => <Moment at={candidate.ready} /> },
          { title: t('why.start'), key: 'start', render: (_, candidate) => <Moment at={candidate.start} /> },
        ]}
      />
    </section>
  );
}

function Transfers({ transfers }: { transfers: TransferPlan[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section>
      <h2>{t('why.transfers')}</h2>
      <Table<TransferPlan>
        size="small"
        rowKey={(plan) => `${plan.dataset}/${plan.fromSite}/${plan.toSite}`}
        dataSource={transfers}
        pagination={false}
        {...scrollable}
        columns={[
          { title: t('data.dataset'), dataIndex: 'dataset', key: 'dataset' },
          { title: t('data.path'), key: 'path', render: (_, plan) => <PathText {...plan} /> },
          { title: t('data.size'), key: 'size', align: 'right', render: (_, plan) => <span className="nowrap">{format.bytes(plan.bytes)}</span> },
          { title: t('data.rate'), key: 'rate', align: 'right', render: (_, plan) => <span className="nowrap">{format.bandwidth(plan.bitsPerSecond)}</span> },
          { title: t('why.start'), key: 'start', render: (_, plan) => <Moment at={plan.start} /> },
          { title: t('why.finish'), key: 'finish', render: (_, plan) => <Moment at={plan.finish} /> },
          { title: t('why.price'), key: 'price', align: 'right', render: (_, plan) => <span className="nowrap figures">{format.money(plan.price)}</span> },
        ]}
      />
    </section>
  );
}
