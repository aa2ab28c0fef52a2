import type { TableHTMLAttributes } from 'react';

/** What makes an antd table scroll sideways where it is too wide, by keyboard too. */
export const scrollable = {
  scroll: { x: 'max-content' },
  components: { table: (props: TableHTMLAttributes<HTMLTableElement>) => <table tabIndex={0} {...props} /> },
};
