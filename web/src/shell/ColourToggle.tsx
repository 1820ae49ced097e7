import { Tooltip, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { announce } from '../live/announce';
import { Icon, type IconName } from '../parts/Icon';
import classes from './ColourToggle.module.css';

const schemes: Record<MantineColorScheme, { next: MantineColorScheme; icon: IconName; word: string }> = {
  auto: { next: 'light', icon: 'system', word: 'as the system' },
  light: { next: 'dark', icon: 'sun', word: 'light' },
  dark: { next: 'auto', icon: 'moon', word: 'dark' },
};

export function ColourToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, icon, word } = schemes[colorScheme];
  return (
    <Tooltip label={`Colours: ${word}`}>
      <UnstyledButton
        className={classes.toggle} aria-label={`Colours: ${word}. Change to ${schemes[next].word}`}
        onClick={() => { setColorScheme(next); announce(`Colours: ${schemes[next].word}`); }}
      >
        <Icon name={icon} size={18} />
      </UnstyledButton>
    </Tooltip>
  );
}
