/** A process for kill tests: opens a repository and makes, applies or settles a checkpoint. CE_CRASH_AT says where it dies. */
import { readFileSync, writeFileSync } from 'node:fs';
import { applyCheckpoint, prepareCheckpoint, settleIntent } from '../../core/vcs/checkpoint.ts';
import type { CheckpointIntent } from '../../core/intents.ts';
import { openGit } from '../../core/vcs/git.ts';
import { findRepository } from '../../core/vcs/repository.ts';
import { restoreCheckpoint } from '../../core/vcs/restore.ts';
import { value } from '../rig.ts';
import { NOW, phaseOf } from './phase.ts';

const [action = '', root = '', file = ''] = process.argv.slice(2);
const git = value(await openGit(value(findRepository(root)), { hooks: 'off' }));
switch (action) {
  case 'checkpoint': {
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    writeFileSync(file, JSON.stringify(intent));
    value(await applyCheckpoint(git, intent));
    break;
  }
  case 'settle':
    console.log(value(await settleIntent(git, JSON.parse(readFileSync(file, 'utf8')) as CheckpointIntent)));
    break;
  case 'restore':
    value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: file, now: NOW }));
    break;
  default:
    throw new Error(`unknown action ${action}`);
}
