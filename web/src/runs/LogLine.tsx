import { memo } from 'react';
import type { Maybe, RunStepView } from '../api/types';
import { Icon } from '../parts/Icon';
import { Mark } from '../parts/Mark';
import { plural } from '../words/numbers';
import { runStepState } from '../words/states';
import { clockTime } from '../words/time';
import { marked, type Piece, traitsOf } from './ansi';
import type { Fold } from './logRows';
import classes from './LogView.module.css';
import { span, took } from './took';

interface SectionRowProps { fold: Fold; name: string; step: Maybe<RunStepView>; onOpen: (isOpen: boolean) => void }

export function SectionRow({ fold: { section, open }, name, step, onOpen }: SectionRowProps) {
  const lasted = step?.endedAt ? span(step.startedAt, step.endedAt, 0) : null;
  return (
    <button type="button" className={classes.heading} aria-expanded={open} onClick={() => onOpen(!open)}>
      <span className={classes.arrow} aria-hidden="true"><Icon name="chevron" size={12} /></span>
      {step ? <Mark tone={runStepState[step.state].tone} /> : null}
      <span className={classes.name}>{name}</span>
      <span className={classes.about}>
        {step && step.state !== 'succeeded' ? `${runStepState[step.state].word}, ` : ''}{plural(section.end - section.first, 'line')}{lasted === null ? '' : `, ${took(lasted)}`}
      </span>
    </button>
  );
}

interface GroupRowProps { name: string; level: number; digits: number; lines: number | null; open: boolean; onOpen: (isOpen: boolean) => void }

/** Lines that the program itself has put together. */
export function GroupRow({ name, level, digits, lines, open, onOpen }: GroupRowProps) {
  return (
    <button type="button" className={classes.group} style={{ paddingLeft: `calc(${digits + level * 2}ch + 12px)` }} aria-expanded={open} onClick={() => onOpen(!open)}>
      <span className={classes.arrow} aria-hidden="true"><Icon name="chevron" size={12} /></span>
      <span className={classes.groupName}>{name}</span>
      {lines === null ? null : <span className={classes.about}>{plural(lines, 'line')}</span>}
    </button>
  );
}

interface LineRowProps { number: number; digits: number; level: number; at: number | null; pieces: Piece[]; wanted: string; isTarget: boolean; onNumber: () => void }

/** The numbers are links, but no stops of the Tab key, which would stop at every line: the search leads to a line's address too. */
export const LineRow = memo(function LineRow({ number, digits, level, at, pieces, wanted, isTarget, onNumber }: LineRowProps) {
  return (
    <div className={classes.line} data-target={isTarget || undefined} data-own={pieces[0]?.text.startsWith('## ') || undefined}>
      <a
        className={classes.number} href={`#L${number}`} tabIndex={-1} aria-label={`Line ${number}`} style={{ width: `${digits}ch` }}
        onClick={(event) => { event.preventDefault(); onNumber(); }}
      >
        {number}
      </a>
      {at === null ? null : <span className={classes.time}>{clockTime(at)}</span>}
      <span className={classes.text} style={level > 0 ? { paddingLeft: `${level * 2}ch` } : undefined}>
        {marked(pieces, wanted).map((piece, index) => {
          const words = piece.found ? <mark className={classes.found}>{piece.text}</mark> : piece.text;
          return piece.look === 0 ? <span key={index}>{words}</span> : <span key={index} {...attributesOf(piece)}>{words}</span>;
        })}
      </span>
    </div>
  );
});

function attributesOf({ look }: Piece) {
  const { colour, ground, bold, dim, italic, underlined } = traitsOf(look);
  return {
    'data-colour': colour ?? undefined, 'data-ground': ground ?? undefined, 'data-bold': bold || undefined, 'data-dim': dim || undefined,
    'data-italic': italic || undefined, 'data-underlined': underlined || undefined,
  };
}
