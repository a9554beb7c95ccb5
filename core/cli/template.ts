/** The PRP template of `ce init` and `ce prp new`. It parses without a warning; a test holds that. */

/** `id` such as `PRP-3`; `command` is the validation command of its phase. */
export function prpTemplate(id: string, title: string, command: string): string {
  return `---
prp_id: ${id}
title: ${JSON.stringify(title)}
status: planning
complexity: low
estimated_hours: 1
dependencies: []
files_modified: []
---

# ${id}: ${title}

## TL;DR

What is missing today, and what is there when this is done.

## Implementation Blueprint

### Phase 1: First step (1 hour)

**Goal**: One sentence that can be checked.

**Approach**: How, in a few words, and what it follows.

**Validation Command**: \`${command}\`
`;
}

/** Words of a title for a file name: `rate-limits`. */
export function slug(title: string): string {
  return (
    title
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'untitled'
  );
}
