/** Facts about the parser that may be asked without loading it. */

/** Bumped when the same text is read differently: part of the key of every cached reading. */
export const PARSER_VERSION = '1';

/** Characters of a spec that are read; a longer one is `CE_SPEC_TOO_LARGE`. */
export const SIZE_LIMIT = 1024 * 1024;
