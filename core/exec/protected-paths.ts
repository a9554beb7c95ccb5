/**
 * Files that no healer may edit, whatever the spec declares: tests, snapshots, locks, the tools' own configuration, CI, and
 * the folders of git and ce. A data table; paths are from the repository root, and compared without regard to case.
 */

const FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^(tests?|__tests__|__mocks__|e2e|testdata)$/, 'tests'],
  [/^(__snapshots__|snapshots)$/, 'snapshots'],
  [/^(\.github|\.gitlab|\.circleci|\.ci|\.buildkite|\.husky)$/, 'CI'],
  [/^(\.git|git~\d+|\.ce)$/, "git's or ce's own folders"],
  [/^node_modules$/, 'installed packages'],
];

const FILES: readonly (readonly [RegExp, string])[] = [
  [/\.(test|spec)\.[^.]+$|^test_.*\.py$|_test\.(py|go|rb|exs?)$|^conftest\.py$/, 'tests'],
  [/\.(snap|ambr)$|\.(approved|snapshot)\.[^.]+$/, 'snapshots'],
  [/\.lock$|\.lockb$|^(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum)$/, 'lock files'],
  [
    /^(package\.json|deno\.jsonc?|[jt]sconfig(\..+)?\.json|pyproject\.toml|setup\.(cfg|py)|tox\.ini|pytest\.ini|mypy\.ini|noxfile\.py|cargo\.toml|go\.mod|makefile|justfile)$/,
    'tool config',
  ],
  [
    /^(.+\.config\.[^.]+|\.[^/]*rc(\.[^.]+)?|\.?ruff\.toml|\.flake8|\.coveragerc|\.editorconfig|biome\.jsonc?|\.eslintignore|requirements[^/]*\.txt|\.pre-commit-config\.yaml)$/,
    'tool config',
  ],
  [/^(\.gitlab-ci\.yml|azure-pipelines\.yml|jenkinsfile|\.travis\.yml)$/, 'CI'],
  [/^\.git(modules|attributes|ignore)$/, "git's own files"],
];

/** What the path belongs to, in words, when it is protected; null when it may be edited. */
export function protectedBy(path: string): string | null {
  const parts = path.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  const folder = FOLDERS.find(([pattern]) => parts.slice(0, -1).some((part) => pattern.test(part)));
  return folder?.[1] ?? FILES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
