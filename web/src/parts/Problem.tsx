import { Button } from '@mantine/core';
import { ApiProblem, isNotFound, isUnreachable } from '../api/problem';
import { Notice } from './Notice';
import classes from './Problem.module.css';

/** An error in full: what is wrong, where in a file, what to do. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const document = error instanceof ApiProblem ? error.document : {};
  const title = isUnreachable(error)
    ? 'The server does not answer.'
    : (document.detail ?? document.title ?? (error instanceof Error ? error.message : 'Something went wrong.'));
  return (
    <Notice tone="bad" title={title} role="alert">
      {document.nextStep ? <p>{document.nextStep}</p> : null}
      {document.problems?.length ? (
        <ul className={classes.places}>
          {document.problems.map((each) => (
            <li key={`${each.file}:${each.line}:${each.column}:${each.message}`}>
              <code>{each.file}:{each.line}:{each.column}</code> {each.message}{each.suggestion ? ` ${each.suggestion}` : ''}
            </li>
          ))}
        </ul>
      ) : null}
      {onRetry && !isNotFound(error) ? <Button mt={8} size="xs" variant="default" onClick={onRetry}>Try again</Button> : null}
    </Notice>
  );
}
