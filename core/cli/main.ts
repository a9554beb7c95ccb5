/** argv to exit code. Version and help of the program itself are answered before anything else is loaded. */
import { readFileSync } from 'node:fs';

const version = (): string => {
  const file = new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};

async function main(argv: readonly string[]): Promise<number> {
  const [word] = argv;
  if (word === '--version' || word === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (word === undefined || word === 'help' || word === '--help' || word === '-h') {
    const { writeHelp } = await import('./help.ts');
    return writeHelp(word === 'help' ? argv.slice(1) : [], version());
  }
  const { dispatch } = await import('./dispatch.ts');
  return dispatch(argv, version());
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that went away (`ce list | head`) is no error of ours.
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2));
// Interrupted: what is still under way is not waited for.
if (process.exitCode > 128) process.exit();
