import { Button, Drawer } from '@mantine/core';
import type { RolloutView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { Icon } from '../parts/Icon';
import { textOfLog } from './asked';
import classes from './Instances.module.css';
import { useScriptLog } from './queries';

/** A verification, or a hook at a point. */
export interface Script { verification?: string; hook?: string; point?: string; step?: string }

export function LogButton({ of, onClick }: { of: string; onClick: () => void }) {
  return <Button size="compact-xs" variant="subtle" leftSection={<Icon name="log" size={14} />} onClick={onClick} aria-label={`Log of ${of}`}>Log</Button>;
}

/** What a script of the rollout wrote, beside the page; it grows while the script runs. */
export function ScriptLog({ rollout, script, onClose }: { rollout: RolloutView; script: Script | null; onClose: () => void }) {
  const name = script?.verification ?? script?.hook ?? '';
  return (
    <Drawer opened={script !== null} onClose={onClose} position="right" size="xl" closeButtonProps={{ 'aria-label': 'Close' }} title={`Log of ${name}`}>
      {script ? <Lines rollout={rollout} script={script} name={name} /> : null}
    </Drawer>
  );
}

function Lines({ rollout, script, name }: { rollout: RolloutView; script: Script; name: string }) {
  const goesOn = script.verification
    ? rollout.verifications.some((each) => each.name === name && !each.verdict)
    : rollout.hooks.some((each) => each.name === name && each.point === script.point && (!script.step || String(each.stepNumber) === script.step) && !each.decision);
  const log = useScriptLog(rollout.id, script, goesOn);
  return (
    <div className={classes.log}>
      <Command line={`slipway rollout logs ${rollout.id} ${word(name)}${script.point ? ` --point ${script.point}` : ''}${script.step ? ` --step ${script.step}` : ''}`} />
      <Asked query={log}>
        {(text) => (textOfLog(text) === '' ? <Empty title={goesOn ? 'It has written nothing yet.' : 'It wrote nothing.'} /> : <pre className={classes.lines} tabIndex={0} aria-label={`What ${name} wrote`}>{textOfLog(text)}</pre>)}
      </Asked>
    </div>
  );
}

/** As a shell takes it for one word. */
const word = (name: string): string => (/^[\w.@%+=:,/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`);
