/** Paths in prose: which words name a file, and which of them may never be written. */

const EXTENSION =
  /\.(?:[cm]?[jt]sx?|json[c5l]?|ya?ml|toml|md|mdx|py|pyi|ipynb|go|mod|sum|rs|rb|java|kt|kts|scala|swift|c|h|cc|cpp|hpp|cs|php|lua|sh|bash|zsh|fish|ps1|sql|html?|css|s[ac]ss|less|vue|svelte|astro|xml|svg|txt|cfg|conf|ini|env|lock|tf|proto|graphql|prisma|gradle|properties|csv|tsv|rst|adoc|tmpl|hbs|ejs|j2|jinja2?|example|snap|patch|diff|mk|cmake|dockerfile|wasm|png|jpe?g|gif|ico|pdf|log)$/i;
const NAMES =
  /^(?:Makefile|Dockerfile|LICENSE|README|CHANGELOG|Gemfile|Rakefile|Procfile|Justfile|CODEOWNERS|\.(?:gitignore|gitattributes|dockerignore|npmrc|nvmrc|editorconfig|eslintrc|prettierrc|env|babelrc)[\w.-]*)$/;

/** The path in the text, without quotes, line numbers and a trailing colon; null when the text names no file or folder. */
export function pathOf(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^["'`]|["'`]$/g, '')
    .replace(/:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, '')
    .replace(/[:,;]$/, '')
    .replace(/^\.\/(?=\S)/, '')
    .replace(/\\(?=[\w.])/g, text.includes('/') ? '\\' : '/');
  if (bare === '' || bare.length > 300 || /[\s()<>|"'`$;&=]/.test(bare) || /^[a-z][a-z+.-]*:\/\//i.test(bare) || /^(?:www\.|-|@\w+\/[\w-]+$|#)/.test(bare))
    return null;
  const name = bare.split('/').at(-1) ?? '';
  if (NAMES.test(name) || EXTENSION.test(name)) return /^\.[a-z]{1,4}$/.test(bare) ? null : bare;
  if (!bare.includes('/')) return null;
  // However it is spelt, so that it is refused and not overlooked.
  if (bare.split('/').some(isReserved)) return bare;
  if (/^\/[\w-]+$/.test(bare)) return null;
  return bare.endsWith('/') || /^\/?[\w.@~[\]{}*-]+(?:\/[\w.@[\]{}*+-]+)+$/.test(bare) ? bare : null;
}

export function isGlob(path: string): boolean {
  return /[*?{}]|\[[^\]]*[*?][^\]]*\]/.test(path);
}

/** Why a path may not be written; null when it may. `outside` paths are only named, the others try to leave or to reach git. */
export function pathProblem(path: string): { readonly kind: 'outside' | 'forbidden'; readonly why: string } | null {
  if (/\p{Cc}/u.test(path)) return { kind: 'forbidden', why: 'it holds a control character' };
  const parts = path.split(/[\\/]/);
  if (parts.includes('..')) return { kind: 'forbidden', why: 'it leaves the repository' };
  if (parts.some((part) => isReserved(part))) return { kind: 'forbidden', why: 'it is inside .git, which only git writes' };
  if (/^[\\/]{2}/.test(path) || /^[A-Za-z]:/.test(path) || path.startsWith('/')) return { kind: 'outside', why: 'it is absolute' };
  return /^~(?:[\\/]|$)/.test(path) ? { kind: 'outside', why: 'it is in a home folder' } : null;
}

/** `.git` in the spellings that some file system takes for it. */
function isReserved(part: string): boolean {
  const folded = part
    .normalize('NFKC')
    .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u206A-\u206F\uFEFF]/g, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return folded === '.git' || /^git~\d+$/.test(folded);
}
