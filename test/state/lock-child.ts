/** Holds a lock: answering, too busy to answer, or with nothing else to do. */
import { acquireLock } from '../../core/state/lock.ts';
import { statePaths } from '../../core/state/paths.ts';
import { value } from '../rig.ts';

const [root = '', mood = 'answering'] = process.argv.slice(2);
value(await acquireLock(statePaths({ root, mainRoot: root }), { run: '20261120-093000-ffffff', command: 'ce run PRP-9' }));
process.stdout.write('held\n');
if (mood === 'busy') for (;;);
if (mood === 'answering') setInterval(() => undefined, 1000);
