/** What a Python project says about its tools: config tables, declared packages, where its tests are. */
import { readIni, readToml, type TomlTables, tomlStrings } from './toml.ts';
import type { ProjectView } from '../core/api.ts';

export interface PythonProject {
  readonly pyproject: TomlTables;
  /** Lower-case names of declared packages, of every group. */
  readonly declared: ReadonlySet<string>;
}

const NAME = /^\s*([A-Za-z0-9][\w.-]*)/;

export function readPython(view: ProjectView): PythonProject {
  const pyproject = readToml(view.read('pyproject.toml') ?? '');
  const declared = new Set<string>();
  const declare = (requirement: string): void => {
    const name = NAME.exec(requirement)?.[1];
    if (name !== undefined) declared.add(name.toLowerCase().replaceAll('_', '-'));
  };
  for (const [table, keys] of pyproject) {
    if (table === 'project') tomlStrings(keys.get('dependencies')).forEach(declare);
    if (table === 'project.optional-dependencies' || table === 'dependency-groups') [...keys.values()].flatMap((raw) => tomlStrings(raw)).forEach(declare);
    if (table === 'tool.uv') tomlStrings(keys.get('dev-dependencies')).forEach(declare);
    if (/^tool\.poetry\.(?:[\w-]+-)?(?:group\.[\w-]+\.)?dependencies$|^tool\.poetry\.dev-dependencies$/.test(table)) [...keys.keys()].forEach(declare);
  }
  for (const file of view.list('.').filter((entry) => /^requirements.*\.(?:txt|in)$/.test(entry))) {
    (view.read(file) ?? '')
      .split(/\r?\n/)
      .filter((line) => !/^\s*(?:#|-)/.test(line))
      .forEach(declare);
  }
  return { pyproject, declared };
}

/** pytest's settings and the file that they stand in; null when the project does not configure it. */
export function pytestConfig(view: ProjectView, project: PythonProject): { readonly origin: string; readonly settings: ReadonlyMap<string, string> } | null {
  for (const file of ['pytest.ini', '.pytest.ini']) {
    const text = view.read(file);
    if (text !== null) return { origin: file, settings: readIni(text).get('pytest') ?? new Map<string, string>() };
  }
  const table = project.pyproject.get('tool.pytest.ini_options') ?? project.pyproject.get('tool.pytest');
  if (table !== undefined) return { origin: 'pyproject.toml', settings: table };
  for (const [file, section] of [
    ['tox.ini', 'pytest'],
    ['setup.cfg', 'tool:pytest'],
  ] as const) {
    const settings = readIni(view.read(file) ?? '').get(section);
    if (settings !== undefined) return { origin: file, settings };
  }
  return null;
}

const TEST_FILE = /^(?:test_.*|.*_test)\.py$/;

/** Test files of the project, from its folder, at most three folders down in `tests`, `test` or the top; sorted. */
export function pythonTests(view: ProjectView): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of view.list(folder)) {
      const path = folder === '.' ? entry : `${folder}/${entry}`;
      if (TEST_FILE.test(entry)) found.push(path);
      else if (depth > 0 && !entry.includes('.') && !/^(?:node_modules|__pycache__|venv)$/.test(entry)) visit(path, depth - 1);
    }
  };
  visit('.', 0);
  for (const folder of ['tests', 'test']) visit(folder, 3);
  return [...new Set(found)];
}
