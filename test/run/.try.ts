import { inPlace, given, phase, prp } from './rig.ts';
const body = (command = 'touch ../canary') => `# PRP-1: t\n\n## Implementation Blueprint\n\n${phase(1, { command })}`;
const show = (l: string, a: any) => console.log('#####', l, a.exit, JSON.stringify(a.stdout.slice(0, 1200)), 'ERR', JSON.stringify(a.stderr.slice(0, 900)));
await inPlace((p) => {
  for (const [n, t] of Object.entries({
    js: `---js\nmodule.exports = 1\n---\n\n${body()}`,
    big: `${body()}\n${'x'.repeat(40 << 20)}`,
    bomb: `---\nprp_id: PRP-1\na: &a [x]\nb: &b [*a,*a]\nc: [${Array(300).fill('*b').join()}]\n---\n\n${body()}`,
    deep: `---\nprp_id: PRP-1\ndeep: ${'['.repeat(20000)}${']'.repeat(20000)}\n---\n\n${body()}`,
    tag: `---\nprp_id: PRP-1\nevil: !!js/function "x"\n---\n\n${body()}`,
    proto: `---\nprp_id: PRP-1\n__proto__:\n  isAdmin: true\n---\n\n${body()}`,
    ctor: `---\nprp_id: PRP-1\nconstructor:\n  prototype:\n    isAdmin: true\n---\n\n${body()}`,
    path: prp('PRP-1', [phase(1, { command: 'true', files: { '../../.ssh/authorized_keys': 'x\n' } })]),
    path2: prp('PRP-1', [phase(1, { command: 'true', files: { '/etc/passwd': 'x\n' } })]),
  })) {
    p.write('PRPs/PRP-1.md', t);
    show(n, p.ce('run', 'PRPs/PRP-1.md', '--dry-run'));
  }
  p.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1)], { front: 'dependencies: [PRP-2]\n' }));
  p.write('PRPs/PRP-2.md', prp('PRP-2', [phase(1)], { front: 'dependencies: [PRP-1]\n' }));
  show('cycle', p.ce('run', 'PRP-1'));
  show('cycle deps', p.ce('run', 'PRP-1', '--with-deps'));
  p.write(
    'PRPs/PRP-1.md',
    `---\nprp_id: PRP-1\ntitle: "t \\e]52;c;aGk=\\a \\e[2J \\r \\u202E end"\n---\n\n# t \u001b[2J\u202e\n\n## Implementation Blueprint\n\n${phase(1, { name: 'N \u001b]52;c;aGk=\u0007\u202e', command: 'true' })}`,
  );
  show('title', p.ce('show', 'PRP-1'));
});
