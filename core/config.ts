/**
 * Finds, loads and resolves the config. The resolved data is remembered under the hash of the files that it came from, so an
 * unchanged `ce.config.ts` is read and hashed, and not executed again until a run needs its plugins.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Memo } from './cache/memo.ts';
import type { Config, ConfigData } from './config-types.ts';
import { CeError, fail, ok, type Result } from './errors.ts';
import { flattenPlugins } from './plugin-list.ts';

const NAMES = ['ce.config.ts', 'ce.config.mts', 'ce.config.js', 'ce.config.mjs', 'ce.config.json', 'ce.config.yaml', 'ce.config.yml'] as const;
const IS_CODE = /\.m?[jt]s$/;

export interface ConfigSource {
  /** Absolute. */
  readonly file: string;
  /** sha256 over the file and the files that it imports by relative path. */
  readonly hash: string;
  /** True when loading it runs code of the repository. */
  readonly code: boolean;
}

export interface ResolvedConfig {
  readonly data: ConfigData;
  readonly source: ConfigSource | null;
  /** True when the config names plugins: they are loaded when something must run. */
  readonly plugins: boolean;
}

export const DEFAULTS: ConfigData = {
  prps: ['PRPs/**/*.md'],
  implementer: 'blueprint',
  validators: {},
  detect: true,
  require: null,
  jobs: availableParallelism(),
  timeout: 600_000,
  heal: { attempts: 3, levels: ['L1', 'L2'], maxLines: 200 },
  env: [],
  checkpoint: { tags: true, hooks: false },
  cache: { maxBytes: 1_073_741_824 },
};

function findConfig(root: string): ConfigSource | null {
  for (const name of NAMES) {
    const file = join(root, name);
    if (existsSync(file)) return { file, hash: hashWithImports(file), code: IS_CODE.test(name) };
  }
  return null;
}

const IMPORT = /(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

function hashWithImports(file: string): string {
  const hash = createHash('sha256');
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    hash.update(`${relative(dirname(file), path)}\0${text.length}\0${text}`);
    if (!IS_CODE.test(path)) return;
    for (const [, specifier = ''] of text.matchAll(IMPORT)) {
      const base = join(dirname(path), specifier);
      const target = [
        base,
        `${base}.ts`,
        `${base}.mts`,
        `${base}.js`,
        `${base}.mjs`,
        base.replace(/\.js$/, '.ts'),
        join(base, 'index.ts'),
        join(base, 'index.js'),
      ].find((candidate) => /\.\w+$/.test(candidate) && existsSync(candidate));
      if (target !== undefined) visit(target);
    }
  };
  visit(file);
  return hash.digest('hex');
}

/** The data part alone, from memory when nothing changed. `mayRunCode: 'no'` uses the defaults for a config that is code. */
export async function resolveConfig(root: string, memo: Memo, mayRunCode: 'yes' | 'no'): Promise<Result<ResolvedConfig>> {
  const source = findConfig(root);
  if (source === null) return ok({ data: DEFAULTS, source: null, plugins: false });
  const remembered = memo.get(`config-${source.hash}`);
  if (remembered !== null && (mayRunCode === 'yes' || !source.code)) {
    const { data, plugins } = JSON.parse(remembered) as { data: Partial<ConfigData>; plugins: boolean };
    return ok({ data: withDefaults(data), source, plugins });
  }
  if (source.code && mayRunCode === 'no') return ok({ data: DEFAULTS, source, plugins: false });
  const loaded = await loadFile(root, source);
  if (!loaded.ok) return loaded;
  const { plugins, ...data } = loaded.value;
  memo.set(`config-${source.hash}`, JSON.stringify({ data, plugins: plugins.length > 0 }));
  return ok({ data: withDefaults(data), source, plugins: plugins.length > 0 });
}

/** The whole config with its plugins. Runs the file when it is code. */
export async function loadConfig(root: string, resolved: ResolvedConfig): Promise<Result<Config>> {
  if (resolved.source === null || !resolved.plugins) return ok({ ...resolved.data, plugins: [] });
  const loaded = await loadFile(root, resolved.source);
  if (!loaded.ok) return loaded;
  const { plugins } = loaded.value;
  try {
    return ok({ ...resolved.data, plugins: flattenPlugins(plugins) });
  } catch (thrown) {
    if (thrown instanceof CeError) return fail({ ...thrown.failure, place: { file: relative(root, resolved.source.file) } });
    throw thrown;
  }
}

type Loaded = Partial<ConfigData> & { readonly plugins: readonly unknown[] };

async function loadFile(root: string, source: ConfigSource): Promise<Result<Loaded>> {
  const place = { file: relative(root, source.file) };
  const { cosmiconfig } = await import('cosmiconfig');
  const explorer = cosmiconfig('ce', {
    loaders: { '.ts': importConfig, '.mts': importConfig, '.js': importConfig, '.mjs': importConfig, '.yaml': parseYaml, '.yml': parseYaml },
    cache: false,
  });
  let config: unknown;
  try {
    config = (await explorer.load(source.file))?.config;
  } catch (thrown) {
    return fail({
      code: 'CE_CONFIG_LOAD_FAILED',
      message: `${place.file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      place,
      next: 'Mend the file, then run the same command again.',
    });
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return fail({
      code: 'CE_CONFIG_INVALID',
      message: `${place.file} does not export an object`,
      place,
      next: "export default defineConfig({ … }), with defineConfig from 'ce'",
    });
  }
  const { plugins = [], ...data } = config as Record<string, unknown>;
  const { validateAgainst } = await import('./schema.ts');
  const [first, ...others] = await validateAgainst('config', data);
  if (first !== undefined) {
    return fail({
      code: 'CE_CONFIG_INVALID',
      message: `${place.file}: ${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ''}`,
      place,
      next: 'See schemas/config.schema.json for every key.',
    });
  }
  return ok({ ...(data as Partial<ConfigData>), plugins: Array.isArray(plugins) ? plugins : [plugins] });
}

/** jiti needs no TypeScript in the user's project; its file cache stays off so that nothing is written beside the config. */
async function importConfig(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const own = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './api.ts' : './api.js', import.meta.url));
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, alias: { ce: own } });
  return jiti.import(file, { default: true });
}

async function parseYaml(_file: string, text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(text, { schema: 'core', maxAliasCount: 50, uniqueKeys: true });
}

function withDefaults(data: Partial<ConfigData>): ConfigData {
  return {
    ...DEFAULTS,
    ...data,
    heal: { ...DEFAULTS.heal, ...data.heal },
    checkpoint: { ...DEFAULTS.checkpoint, ...data.checkpoint },
    cache: { ...DEFAULTS.cache, ...data.cache },
  };
}
