import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './FirstOf.module.css';

interface FirstOfProps<T> {
  items: T[];
  first: number;
  /** The words of the button that shows the others. */
  more: (count: number) => string;
  children: (shown: T[]) => React.ReactNode;
}

/** The first items of a list, and the others when they are asked for. */
export function FirstOf<T>({ items, first, more, children }: FirstOfProps<T>) {
  const [all, setAll] = useState(false);
  return (
    <>
      {children(all ? items : items.slice(0, first))}
      {!all && items.length > first ? (
        <div className={classes.more}><Button size="xs" variant="subtle" onClick={() => setAll(true)}>{more(items.length - first)}</Button></div>
      ) : null}
    </>
  );
}
