import { Tooltip, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { Link, NavLink } from 'react-router';
import { useWhoAmI } from '../access/queries';
import { Icon, type IconName } from '../parts/Icon';
import { ColourToggle } from './ColourToggle';
import classes from './Header.module.css';
import { Logo } from './Logo';

const places: { to: string; word: string; icon: IconName }[] = [
  { to: '/', word: 'Board', icon: 'board' },
  { to: '/runs', word: 'Runs', icon: 'run' },
  { to: '/activity', word: 'Activity', icon: 'activity' },
  { to: '/freezes', word: 'Freezes', icon: 'snow' },
  { to: '/access', word: 'Access', icon: 'key' },
];

const commandKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

export function Header() {
  const { data: me } = useWhoAmI();
  return (
    <header className={classes.header}>
      <div className={classes.inner}>
        <Link to="/" className={classes.brand} aria-label="Slipway: the board">
          <Logo />
          <span className={classes.name}>Slipway</span>
        </Link>
        <nav className={classes.nav} aria-label="Pages">
          {places.map(({ to, word, icon }) => (
            <NavLink key={to} to={to} end={to === '/'} className={classes.place ?? ''}>
              <span className={classes.icon}><Icon name={icon} size={18} /></span>
              {word}
            </NavLink>
          ))}
        </nav>
        <div className={classes.tools}>
          <UnstyledButton className={classes.search} onClick={spotlight.open} aria-label="Search" aria-keyshortcuts="Control+K Meta+K">
            <Icon name="search" />
            <span className={classes.searchWord}>Search</span>
            <kbd className={classes.kbd} data-key={commandKey} aria-hidden="true" />
          </UnstyledButton>
          <ColourToggle />
          {me ? (
            <Tooltip label={`${me.identity}: ${me.roles.join(', ')}`}>
              <Link to="/access" className={classes.me} aria-label={`Signed in as ${me.identity}`}>
                <span className={classes.initial} data-initial={me.identity.slice(0, 1).toUpperCase()} aria-hidden="true" />
                <span className={classes.identity}>{me.identity}</span>
              </Link>
            </Tooltip>
          ) : null}
        </div>
      </div>
    </header>
  );
}
