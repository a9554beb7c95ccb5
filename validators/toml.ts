/** As much of TOML as detection asks for: the tables of a file and the raw values of their keys. It judges nothing and never throws. */

/** Table name → key → raw value as written, lists and multi-line strings on one line of several. The top is `''`. */
export type TomlTables = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads line by line; a value goes on while a bracket or a multi-line string is open. Inline tables keep their raw text. */
export function readToml(text: string): TomlTables {
  const tables = new Map<string, Map<string, string>>();
  let keys = new Map<string, string>();
  tables.set('', keys);
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    const header = /^\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/.exec(line);
    if (header !== null) {
      const name = (header[1] ?? '').replaceAll(/["'\s]/g, '');
      keys = tables.get(name) ?? new Map<string, string>();
      tables.set(name, keys);
      continue;
    }
    const pair = /^("[^"]+"|'[^']+'|[\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (pair === null) continue;
    let value = pair[2] ?? '';
    while (isOpen(value) && at + 1 < lines.length) value += `\n${lines[++at] ?? ''}`;
    keys.set((pair[1] ?? '').replaceAll(/["']/g, ''), value);
  }
  return tables;
}

function isOpen(value: string): boolean {
  for (const quotes of ['"""', "'''"]) {
    if (value.startsWith(quotes)) return !value.slice(3).includes(quotes);
  }
  const bare = value.replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g, '').replace(/#.*$/gm, '');
  return (bare.match(/[[{]/g)?.length ?? 0) > (bare.match(/[\]}]/g)?.length ?? 0);
}

/** The strings in a raw value: of a list, or the one string. */
export function tomlStrings(raw: string | undefined): readonly string[] {
  if (raw === undefined) return [];
  return [...raw.matchAll(/"""([\s\S]*?)"""|'''([\s\S]*?)'''|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/g)].map(
    (match) => match.slice(1).find((part) => part !== undefined) ?? '',
  );
}

/** Sections of an INI file (`pytest.ini`, `setup.cfg`, `tox.ini`): section → key → value, continued lines joined with `\n`. */
export function readIni(text: string): TomlTables {
  const sections = new Map<string, Map<string, string>>();
  let keys = new Map<string, string>();
  let key: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]+)\]/.exec(line);
    const pair = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== null) {
      keys = new Map();
      sections.set((header[1] ?? '').trim(), keys);
      key = null;
    } else if (/^\s+\S/.test(line) && key !== null) {
      keys.set(key, `${keys.get(key) ?? ''}\n${line.trim()}`);
    } else if (pair !== null) {
      key = pair[1] ?? '';
      keys.set(key, pair[2] ?? '');
    }
  }
  return sections;
}
