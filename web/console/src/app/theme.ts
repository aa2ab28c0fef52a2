import { theme, type ThemeConfig } from 'antd';

const shared: ThemeConfig['token'] = {
  borderRadius: 8,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif',
  fontFamilyCode: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  wireframe: false,
};

export const lightTheme: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...shared, colorPrimary: '#2459e0', colorInfo: '#2459e0', colorSuccess: '#1a7f4b', colorWarning: '#965600',
    colorError: '#cf2f3d', colorBgLayout: '#f4f6fa', colorTextDescription: '#5a6473', colorTextSecondary: '#4d5767',
    colorSuccessBg: '#e8f6ee', colorSuccessBorder: '#a9dcc0',
    // Lighter ones cannot be read by everybody on white.
    colorPrimaryHover: '#1c49c2', colorTextPlaceholder: '#68707e', cyan: '#087a80',
    colorWarningBg: '#fff6e5', colorWarningBorder: '#efcf9b',
  },
  components: { Descriptions: { labelColor: '#5a6473' } },
};

export const darkTheme: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shared, colorPrimary: '#4676f2', colorInfo: '#86abff', colorLink: '#84a8ff', colorSuccess: '#3fb677', colorWarning: '#e09a35',
    colorError: '#ff7f89', colorBgContainer: '#121823', colorBgElevated: '#182131', colorBgLayout: '#0a0e15',
    colorBorder: '#34425a', colorBorderSecondary: '#253042', colorTextDescription: '#9aa7bb',
    colorTextSecondary: '#aab6c8',
  },
  components: { Descriptions: { labelColor: '#9aa7bb' }, Tabs: { itemSelectedColor: '#84a8ff', inkBarColor: '#84a8ff', itemHoverColor: '#84a8ff' } },
};
