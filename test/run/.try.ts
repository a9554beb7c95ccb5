import { inPlace, given, phase, until } from './rig.ts';
import { existsSync } from 'node:fs'; import { join } from 'node:path';
await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: `trap '' TERM INT\nif [ ! -f ../held ]; then touch ../held; sleep 300; fi\ngrep -q 'part 1' part1.txt` })]);
    const run = place.start('run', 'PRP-1');
    await until(() => existsSync(join(place.around,'held')), 'the gate');
    const t=Date.now();
    run.kill('SIGINT');
    const e=await run.ended;
    console.log(e.exit, e.signal, Date.now()-t);
});
