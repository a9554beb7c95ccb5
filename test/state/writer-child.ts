/** A process for kill tests: opens a journal, appends durable records for ever, and prints the name of each that is written. */
import { writeSync } from 'node:fs';
import { openJournal } from '../../core/state/journal.ts';
import { statePaths } from '../../core/state/paths.ts';
import { value } from '../rig.ts';

const [root = '', run = '', round = ''] = process.argv.slice(2);
const journal = value(openJournal(statePaths({ root, mainRoot: root }), run));
for (let count = 0; ; count += 1) {
  journal.append({ type: 'phase-start', prp: 'PRP-1', phase: `${round}.${count}` }, 'durable');
  writeSync(1, `${round}.${count}\n`);
}
