/**
 * What each trigger looks like. A data table: rules of tools, and phrases that must begin a head line (a line of a message
 * without its indentation, `error:` marks and exception prefix). Ids of advisories are unmistakable and may stand anywhere.
 */

export type Sign = 'security' | 'dependency' | 'architectural';

export const RULES: readonly { readonly sign: Sign; readonly source: RegExp; readonly code: RegExp }[] = [
  { sign: 'security', source: /^(ruff|flake8)/i, code: /^S\d{3}$/ },
  {
    sign: 'security',
    source: /^(bandit|gosec|secretlint|gitleaks|trufflehog|detect-secrets|npm-audit|pip-audit|osv-scanner|cargo-audit|trivy|snyk)/i,
    code: /^/,
  },
  {
    sign: 'security',
    source: /^/,
    code: /^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d{4}|@secretlint\/.+|(@[\w-]+\/)?(security|no-secrets|no-unsanitized)\/.+)$/,
  },
  {
    sign: 'architectural',
    source: /^/,
    code: /^(R0401|cyclic-import|import-cycle|(@[\w-]+\/)?(import|import-x|i)\/no-cycle|no-circular|noImportCycles|lint\/.*\/noImportCycles)$/,
  },
  {
    sign: 'dependency',
    source: /^/,
    code: /^(E404|ETARGET|ERESOLVE|EBADENGINE|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_PNPM_OUTDATED_LOCKFILE)$/,
  },
];

export const PHRASES: readonly { readonly sign: Sign; readonly pattern: RegExp }[] = [
  { sign: 'security', pattern: /\b(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d{4})\b/ },
  { sign: 'security', pattern: /^code (E401|E403|ENEEDAUTH)\b/ },
  { sign: 'security', pattern: /^(EACCES: permission denied|EPERM: operation not permitted|PermissionError: \[Errno (1|13)\])/ },
  { sign: 'security', pattern: /^[\w./@-]+: (cannot [\w ]+ .+: )?permission denied( \(|$)/i },
  { sign: 'security', pattern: /^(found )?\d+ (known |critical |high |moderate |low |severity )*(severity )?vulnerabilit(y|ies)\b/i },
  { sign: 'security', pattern: /^(severity: (critical|high|moderate|low)$|(a )?(security )?vulnerabilit(y|ies) (was |were )?(detected|found)\b)/i },
  {
    sign: 'security',
    pattern: /^(an? |\d+ )?(secrets?|credentials?|api keys?|passwords?|private keys?|tokens?) (was |were |is |are )?(exposed|leaked|detected|found in)\b/i,
  },
  { sign: 'security', pattern: /^possible hardcoded (password|secret|credential)/i },

  {
    sign: 'dependency',
    pattern:
      /^((code|connect|getaddrinfo|request to .+ failed, reason: .*) )?(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/,
  },
  { sign: 'dependency', pattern: /^code (E404|ETARGET|ERESOLVE|EBADENGINE)\b/ },
  {
    sign: 'dependency',
    pattern:
      /^([\w.]+\.)?(ConnectionError|ConnectionRefusedError|ConnectionResetError|ConnectTimeout|ConnectTimeoutError|ReadTimeout|NewConnectionError|MaxRetryError|NameResolutionError|gaierror|URLError|ProxyError|SSLError|FetchError|NetworkError)\b/,
  },
  { sign: 'dependency', pattern: /^([\w.]+\.)?OperationalError: .*(could not connect|connection refused|timeout expired)/i },
  { sign: 'dependency', pattern: /^TypeError: fetch failed\b/ },
  {
    sign: 'dependency',
    pattern: /^(connection (refused|reset|timed out)\b|network (error|is unreachable|unreachable)\b|temporary failure in name resolution)/i,
  },
  {
    sign: 'dependency',
    pattern: /^(could not|couldn't|failed to|unable to|cannot) (resolve host|connect to (server|host|port|\d|[\w-]+\.)|reach the (network|registry))/i,
  },
  { sign: 'dependency', pattern: /^unable to access '.+': (could not resolve|failed to connect|couldn't connect)/i },
  { sign: 'dependency', pattern: /^curl: \((5|6|7|28|35)\)/ },
  {
    sign: 'dependency',
    pattern:
      /^(could not find a version that satisfies|no matching distribution found|resolutionimpossible\b|no matching version found|notarget no matching version)/i,
  },
  {
    sign: 'dependency',
    pattern:
      /^(package not found\b|package [`'"]?[\w@./-]+[`'"]? (was )?not found\b|no matching package\b|failed to select a version\b|package `.+` cannot be built because it requires)/i,
  },
  { sign: 'dependency', pattern: /^(\S+: )?(no required module provides package\b|missing go\.sum entry\b)/ },
  { sign: 'dependency', pattern: /^\S+: no required module provides package\b|^verifying module: missing go\.sum entry\b/ },
  { sign: 'dependency', pattern: /^ERR_PNPM_(OUTDATED_LOCKFILE|NO_MATCHING_VERSION|FETCH_\w+)\b/ },
  { sign: 'dependency', pattern: /^ImportError: \S+ requires (a )?version\b/i },
  { sign: 'dependency', pattern: /^([\w./-]+: )?(line \d+: |\d+: )?[\w./+-]+: (command )?not found$/ },

  { sign: 'architectural', pattern: /\(most likely due to a circular import\)/ },
  { sign: 'architectural', pattern: /^(circular|cyclic) (import|dependency|dependencies|reference)\b/i },
  { sign: 'architectural', pattern: /^(dependency|import) cycle (detected|found|not allowed)\b/i },
  { sign: 'architectural', pattern: /^(imports \S+: )?import cycle not allowed\b/ },
  { sign: 'architectural', pattern: /^no-circular: / },
  { sign: 'architectural', pattern: /^Contracts: \d+ kept, [1-9]\d* broken\b/ },
  {
    sign: 'architectural',
    pattern:
      /^((this |it )?(needs|requires) (a |an )?((major|larger|complete) )?(refactor|redesign|re-?architect)|(a )?(refactor(ing)?|redesign) (is )?(needed|required))/i,
  },
];
