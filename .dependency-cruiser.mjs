/**
 * The dependency rule, checked. `cli, report → run → exec · cache · vcs · state → graph → spec → model`; plugins and validators see
 * core/api.ts only; one importer per outside tool. Every rule says in plain words what it keeps apart.
 */

const BASE = 'core/(model|errors|codes|events|hooks|contracts|config-types)\\.ts$';
const PLATFORM_EFFECTS =
  '^(node:)?(fs|fs/promises|child_process|process|worker_threads|cluster|net|http|https|http2|dgram|dns|readline|repl|tty|timers|timers/promises|perf_hooks|os)$';

/** Files that may import an outside tool. Nobody else may. */
const IMPORTERS = {
  execa: '^core/process(\\.ts|/)',
  'simple-git': '^core/vcs/git\\.ts$',
  piscina: '^core/exec/pool\\.ts$',
  'gray-matter': '^core/spec/front-matter\\.ts$',
  yaml: '^core/(spec/|config)',
  ajv: '^core/schema\\.ts$',
  cosmiconfig: '^core/config\\.ts$',
  jiti: '^core/config\\.ts$',
  picocolors: '^core/report/',
  'fastest-levenshtein': '^core/suggest\\.ts$',
  tapable: '^core/hooks\\.ts$',
  'mdast-util-[a-z-]+': '^core/spec/markdown\\.ts$',
  'micromark-[a-z-]+': '^core/spec/markdown\\.ts$',
};

/** A room of core, and the rooms that it may import beside itself and the files at the top of core. */
const ROOMS = {
  spec: [],
  graph: ['spec'],
  exec: ['graph', 'spec'],
  cache: ['graph', 'spec'],
  vcs: ['graph', 'spec'],
  state: ['graph', 'spec'],
  run: ['exec', 'cache', 'vcs', 'state', 'graph', 'spec'],
  report: ['run', 'exec', 'cache', 'vcs', 'state', 'graph', 'spec'],
  cli: ['report', 'run', 'exec', 'cache', 'vcs', 'state', 'graph', 'spec'],
};

const rooms = Object.entries(ROOMS).map(([room, below]) => ({
  name: `${room}-looks-down`,
  comment: `core/${room} may import ${below.length > 0 ? below.join(', ') : 'no other room'}: imports point from the command line to the model, and rooms of one level do not know each other.`,
  severity: 'error',
  from: { path: `^core/${room}/` },
  to: { path: '^core/[^/]+/', pathNot: `^core/(${[room, ...below, 'generated', 'process'].join('|')})/` },
}));

const importers = Object.entries(IMPORTERS).map(([tool, path]) => ({
  name: `one-importer-of-${tool.replace(/[^a-z-]/g, '')}`,
  comment: `${tool} is imported in one place (${path}), so that it can be replaced and its traps are dealt with once.`,
  severity: 'error',
  from: { pathNot: path },
  to: { path: `node_modules/${tool}/` },
}));

export default {
  forbidden: [
    ...rooms,
    ...importers,
    {
      name: 'plugins-use-the-public-door',
      comment: 'Plugins and validators import core/api.ts and nothing else of core. If one needs a private door, the hook catalogue is wrong.',
      severity: 'error',
      from: { path: '^(plugins|validators)/' },
      to: { path: '^core/', pathNot: '^core/api\\.ts$' },
    },
    {
      name: 'plugins-and-validators-apart',
      comment: 'A plugin does not import a validator, nor a validator a plugin: each could be published alone.',
      severity: 'error',
      from: { path: '^(plugins|validators)/' },
      to: { path: '^(plugins|validators)/', pathNot: '^$1/' },
    },
    {
      name: 'core-without-plugins',
      comment: 'Core loads plugins and validators by address (core/builtins.ts) and never imports them.',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(plugins|validators)/' },
    },
    {
      name: 'the-nouns-stand-alone',
      comment: 'model.ts imports nothing: it is the language that all others speak.',
      severity: 'error',
      from: { path: '^core/model\\.ts$' },
      to: {},
    },
    {
      name: 'the-base-knows-no-room',
      comment: 'The nouns, errors, events, hooks and contracts at the top of core import each other and no room.',
      severity: 'error',
      from: { path: `^${BASE}` },
      to: { path: '^core/[^/]+/' },
    },
    {
      name: 'the-graph-is-pure',
      comment: 'The model, the graph and the public surface do no I/O: no file, process, thread, network or clock.',
      severity: 'error',
      from: { path: '^core/(graph/|model\\.ts|errors\\.ts|suggest\\.ts|codes\\.ts|events\\.ts|contracts\\.ts|api\\.ts)' },
      to: { path: PLATFORM_EFFECTS },
    },
    {
      name: 'parsing-is-pure',
      comment: 'A spec is parsed from its text; only core/spec/locate.ts and spec-store.ts, which find specs, read files.',
      severity: 'error',
      from: { path: '^core/spec/', pathNot: '^core/spec/(locate|spec-store)\\.ts$' },
      to: { path: PLATFORM_EFFECTS },
    },
    {
      name: 'one-starter-of-processes',
      comment: 'Every process is started by core/process.ts, so that each pid, group, timeout and signal has one owner.',
      severity: 'error',
      from: { path: '^(core|plugins|validators)/', pathNot: '^core/process(\\.ts|/)' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'processes-below-the-rooms',
      comment: 'Starting processes, cleaning text and crash points lie below exec, cache and vcs: they know no room.',
      severity: 'error',
      from: { path: '^core/(process\\.ts|process/|environment\\.ts|clean\\.ts|crash\\.ts)' },
      to: { path: '^core/[^/]+/', pathNot: '^core/process/' },
    },
    {
      name: 'reports-do-not-steer',
      comment: 'What is printed depends on the run, never the other way round: nothing below the command line imports core/report.',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/(report|cli)/' },
      to: { path: '^core/(report|cli)/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that import each other are one file in two places. Types alone may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is not part of the program.',
      severity: 'error',
      from: { orphan: true, path: '^(core|plugins|validators)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'nothing-of-the-tests',
      comment: 'What ships does not import tests, scripts or examples.',
      severity: 'error',
      from: { path: '^(core|plugins|validators)/' },
      to: { path: '^(test|scripts|examples|dist)/' },
    },
    {
      name: 'only-what-is-shipped',
      comment:
        'What ships imports dependencies, never devDependencies; types alone may come from there. worker-source.mjs, by which a checkout starts threads from TypeScript, does not ship.',
      severity: 'error',
      from: { path: '^(core|plugins|validators)/', pathNot: '^core/exec/worker-source\\.mjs$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere. Types of packages without code (mdast) are left to tsc.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^mdast$', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'], extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
