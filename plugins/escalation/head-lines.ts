/** The lines of a message that say what happened, without the source, frames and quotations around them. Pure. */

/** Source gutters, carets, frames of stack traces, code that a traceback shows, and what a test compared. */
const CONTEXT =
  /^(\s{4,}\S|\s*\d*\s*\||\s*[\^~]+\s*$|\s*>\s|\s*File "|\s*at\s+\S.*[:(]\d|\s*[-+]\s|\s*(E\s+)?(assert\b|AssertionError\b|expected\b|received\b|actual\b)|FAILED |PASSED |ERROR at |_{3,}|={3,})/i;

/** Marks before the words: `error:`, `npm error`, pytest's `E`, `fatal:`. */
const MARK = /^(npm (err!|error)|pnpm|yarn|E|(fatal )?error(\[[\w.-]+\])?|fatal|critical|warning|go|\[[a-z]+\])(?=[:\s]):?\s+|^Error:\s+/i;

/** An exception class that says no more than that something is wrong: what follows it decides. */
const PLAIN_CLASS = /^(Error|RuntimeError|Exception|[\w.]*\bImportError|OSError):\s+/;

export function headLines(message: string): readonly string[] {
  const heads: string[] = [];
  for (const line of message.split(/\r?\n/)) {
    if (line.trim() === '' || CONTEXT.test(line)) continue;
    const bare = stripMarks(line.trim());
    heads.push(bare);
    const inner = bare.replace(PLAIN_CLASS, '');
    if (inner !== bare) heads.push(stripMarks(inner));
  }
  return heads;
}

function stripMarks(line: string): string {
  let bare = line;
  for (let mark = MARK.exec(bare); mark !== null; mark = MARK.exec(bare)) bare = bare.slice(mark[0].length);
  return bare;
}
