/** A repository whose whole run takes well under a second: three phases, real bash gates, one cached validator. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CLEAN_ENV = {
  PATH: process.env.PATH ?? '',
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  CE_TRUST: '1',
};

export function git(cwd, ...args) {
  return execFileSync('git', args, { cwd, env: { ...CLEAN_ENV, HOME: cwd }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

const phase = (n) => `
### Phase ${n}: Part ${n} (10 min)

**Goal**: part ${n} is there.

**Files to Create**:

- \`part${n}.txt\` - part ${n}

\`\`\`txt part${n}.txt
part ${n} is here
\`\`\`

**Validation Command**: \`grep -q "part ${n} is here" part${n}.txt && test "$(ls part*.txt | wc -l)" -eq ${n}\`
`;

/** Makes the template once; every kill starts from a copy. */
export function makeTemplate() {
  const base = mkdtempSync(join(tmpdir(), 'ce-crash-'));
  const root = join(base, 'template');
  mkdirSync(join(root, 'PRPs'), { recursive: true });
  writeFileSync(join(root, 'README.md'), 'rig\n');
  writeFileSync(
    join(root, 'ce.config.json'),
    JSON.stringify({ validators: { clean: { level: 'L1', command: '! grep -l broken part*.txt', inputs: ['part*.txt'] } } }, null, 2),
  );
  writeFileSync(
    join(root, 'PRPs', 'PRP-1-parts.md'),
    `---\nprp_id: PRP-1\ntitle: Parts\n---\n\n# PRP-1: Parts\n\n## Implementation Blueprint\n${[1, 2, 3].map(phase).join('')}`,
  );
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'config', 'user.name', 'Rig');
  git(root, 'config', 'user.email', 'rig@example.invalid');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  return { base, root };
}

export function copyOf(template, name) {
  const root = join(template.base, name);
  cpSync(template.root, root, { recursive: true });
  return root;
}

/** Pids of live processes that carry a CE_RUN_ID and work below `root`. Linux only; elsewhere the check is left out. */
export function processesOf(root) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (!environment.includes('CE_RUN_ID=')) return false;
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
        return environment.includes(`PWD=${root}`);
      } catch {
        return false;
      }
    });
}
