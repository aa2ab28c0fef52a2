import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import { useFormat } from '../format/useFormat';
import { CostTable } from '../parts/CostTable';
import { Failure } from '../parts/Failure';
import { Figure } from '../parts/Figure';
import { Pager, usePaging } from '../parts/Pager';

const pageSize = 50;

export default function BillPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const paging = usePaging();
  const bill = useQuery(queries.bill(paging.cursor, pageSize));

  return (
    <>
      <h1>{t('nav.bill')}</h1>
      {bill.error && <Failure failure={bill.error} retry={() => void bill.refetch()} />}
      {bill.data && (
        <div className="figure-row">
          <Figure name={t('bill.available')} note={t('bill.tenantIs', { tenant: bill.data.tenant })}>{format.money(bill.data.available)}</Figure>
          <Figure name={t('bill.held')} note={t('bill.heldNote')}>{format.money(bill.data.held)}</Figure>
          <Figure name={t('bill.spent')} note={t('bill.spentNote')}>{format.money(bill.data.spent)}</Figure>
        </div>
      )}
      <Card className="flush" title={t('bill.lines')}>
        <CostTable lines={bill.data?.lines ?? []} hasJob isLoading={bill.isPending} />
        <Pager paging={paging} nextCursor={bill.data?.nextCursor} label={t('nav.bill')} />
      </Card>
    </>
  );
}
