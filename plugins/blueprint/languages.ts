/** Does a block's language belong into a file of this name? A data table with one question. Pure. */

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  typescript: ['ts', 'mts', 'cts', 'tsx'],
  ts: ['ts', 'mts', 'cts', 'tsx'],
  tsx: ['tsx', 'ts'],
  javascript: ['js', 'mjs', 'cjs', 'jsx'],
  js: ['js', 'mjs', 'cjs', 'jsx'],
  jsx: ['jsx', 'js'],
  python: ['py', 'pyi'],
  py: ['py', 'pyi'],
  python3: ['py'],
  json: ['json', 'jsonc', 'json5', 'webmanifest'],
  jsonc: ['json', 'jsonc'],
  yaml: ['yaml', 'yml'],
  yml: ['yaml', 'yml'],
  toml: ['toml', 'lock'],
  bash: ['sh', 'bash', 'zsh', 'bats', 'env'],
  sh: ['sh', 'bash', 'env'],
  shell: ['sh', 'bash', 'env'],
  zsh: ['zsh', 'sh'],
  console: [],
  'shell-session': [],
  powershell: ['ps1', 'psm1'],
  output: [],
  mermaid: ['mmd', 'mermaid', 'md'],
  go: ['go'],
  rust: ['rs'],
  rs: ['rs'],
  java: ['java'],
  ruby: ['rb'],
  rb: ['rb'],
  php: ['php'],
  sql: ['sql'],
  css: ['css'],
  scss: ['scss'],
  html: ['html', 'htm'],
};

/** A file without an extension takes any language; so does a language that is not in the table. */
export function belongs(language: string, path: string): boolean {
  const known = EXTENSIONS[language];
  const name = path.split('/').at(-1) ?? '';
  const extension = /\.([^.]+)$/.exec(name.replace(/^\./, ''))?.[1]?.toLowerCase();
  return known === undefined || extension === undefined || !Object.values(EXTENSIONS).some((list) => list.includes(extension)) || known.includes(extension);
}

export const isDiff = (language: string): boolean => /^(u?diff|patch)$/.test(language);
