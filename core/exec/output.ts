/** What a check's command wrote: whole, from disk, without secrets; and the report that it was asked for. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { logPaths, readOutput, type ProcessResult } from '../process.ts';

export interface WholeOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly report: string | null;
  /** True when a secret was blanked, here and in the log. */
  readonly redacted: boolean;
}

/** A larger report is not read: no tool writes one, and a runaway one must not take the memory. Bytes. */
const LARGEST_REPORT = 256 * 1024 * 1024;

/** Path of the report of the command with this log, as CE_REPORT names it. */
export function reportPath(log: string): string {
  return `${log}.report`;
}

/** Removes a report of an earlier run, so that one which is there afterwards is fresh. */
export function removeReport(log: string): void {
  rmSync(reportPath(log), { force: true, recursive: true });
}

function readReport(log: string): string | null {
  const stat = statSync(reportPath(log), { throwIfNoEntry: false });
  return stat === undefined || !stat.isFile() || stat.size > LARGEST_REPORT ? null : readFileSync(reportPath(log), 'utf8');
}

/** Blanks secrets in the text of a file and in the file. A log that can't be rewritten is removed: it would keep the secret. */
function blank(path: string, text: string, redact: (text: string) => string): string {
  const clean = redact(text);
  if (clean === text) return text;
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) writeFileSync(path, clean);
  } catch {
    rmSync(path, { force: true });
  }
  return clean;
}

/** Reads both streams whole, whatever their size, and the report. Invalid UTF-8 is replaced; nothing else is changed but secrets. */
export function readWhole(log: string, result: ProcessResult, redact: (text: string) => string): WholeOutput {
  const paths = logPaths(log);
  const onDisk = result.truncated && result.logFailure === null;
  const raw = { stdout: onDisk ? readOutput(paths.stdout) : result.stdout, stderr: onDisk ? readOutput(paths.stderr) : result.stderr, report: readReport(log) };
  const stdout = blank(paths.stdout, raw.stdout, redact);
  const stderr = blank(paths.stderr, raw.stderr, redact);
  const report = raw.report === null ? null : blank(reportPath(log), raw.report, redact);
  return { stdout, stderr, report, redacted: stdout !== raw.stdout || stderr !== raw.stderr || report !== raw.report };
}
