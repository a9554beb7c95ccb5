import { inPlace, phase, prp } from './rig.ts';
const show = (l: string, a: any) => console.log('#####', l, a.exit, JSON.stringify(a.stdout.slice(0, 900)), 'ERR', JSON.stringify(a.stderr.slice(0, 900)));
await inPlace((p) => {
  for (const path of ['.git\u200c/config', '.ce/cache/x', '/etc/x.txt', 'git~1/config', '.git/hooks/pre-commit']) {
    p.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1, { files: { [path]: 'x\n' }, command: 'touch ../canary' })]));
    show(path, p.ce('show', 'PRP-1'));
    const r = p.ce('run', 'PRP-1');
    show('', { exit: r.exit, stdout: r.stdout.slice(-300), stderr: r.stderr });
  }
});
