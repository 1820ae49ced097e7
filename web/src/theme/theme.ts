import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple, type VariantColorsResolver } from '@mantine/core';

/** Water in a harbour: the one accent. The new version is drawn in it everywhere; the running one in ink. */
const harbour: MantineColorsTuple = [
  '#e8f5f7', '#d2e9ed', '#a6d3db', '#7abec9', '#57adbb', '#3b9bab', '#23879a', '#12718a', '#0d5f73', '#084b5c',
];
const dark: MantineColorsTuple = [
  '#dfe7ec', '#b9c6cf', '#93a3ae', '#72838f', '#3b4852', '#2a353d', '#1f2930', '#141b20', '#0f1519', '#0a0f12',
];

/** Filled things take their colours from the tokens, which know both schemes; Mantine would compute the contrast for the light one only. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.variant !== 'filled') return resolved;
  return input.color?.startsWith('red')
    ? { ...resolved, background: 'var(--danger)', hover: 'var(--danger-strong)', color: '#ffffff' }
    : { ...resolved, background: 'var(--accent)', hover: 'var(--accent-strong)', color: 'var(--on-accent)' };
};

/** What opens above the page keeps the wheel off it, and leaves the scrollbar where it is: without it the page would jump aside. */
const removeScrollProps = { removeScrollBar: false };

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver,
  colors: { harbour, dark },
  black: '#16212b',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: '620' },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Modal: { defaultProps: { removeScrollProps, centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { removeScrollProps, overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 140 } } },
    Tooltip: { defaultProps: { withArrow: false, openDelay: 250, events: { hover: true, focus: true, touch: true } } },
    Button: { defaultProps: { size: 'sm' } },
  },
});
