import type { TestedRunView, TestSquare } from '../api/types';
import { runNumber } from '../runs/address';
import { exactTime } from '../words/time';
import classes from './Tests.module.css';
import { historyWords, square } from './words';

/** A test's last runs as squares, the newest at the right. */
export function History({ history, runs }: { history: readonly TestSquare[]; runs: readonly TestedRunView[] }) {
  return (
    <span className={classes.history}>
      <span className="sr">{historyWords(history)}</span>
      <span aria-hidden="true" className={classes.squares}>
        {history.map((each, index) => <span key={runs[index]?.run ?? index} className={classes.square} data-square={each} data-tone={square[each].tone} title={titleOf(each, runs[index])} />).reverse()}
      </span>
    </span>
  );
}

const titleOf = (each: TestSquare, run: TestedRunView | undefined): string => (run ? `Run ${runNumber(run.run)}, ${exactTime(run.at)}: ${square[each].word}` : square[each].word);
