import { TextInput, type TextInputProps } from '@mantine/core';
import { exactTime } from '../words/time';
import { fromLocalInput } from './times';

/** A date and a time, written the same in every browser; below it how they were understood. */
export function TimeField(props: TextInputProps) {
  const at = fromLocalInput(String(props.value ?? ''));
  return (
    <TextInput
      {...props} placeholder="2026-11-21 14:05" autoComplete="off" spellCheck={false} inputWrapperOrder={['label', 'input', 'description', 'error']}
      description={at ? exactTime(at).replace(/:00(?= |$)/, '') : null}
    />
  );
}
