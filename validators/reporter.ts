/** Where ce's own reporters lie, and the variables that put them into pytest and node:test without touching the command. */
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Variable } from '../core/api.ts';

/** Same names beside the sources and beside the bundle: the build copies both folders. */
const NODE_REPORTER = new URL('./node-test/reporter.mjs', import.meta.url).href;
const PYTEST_FOLDER = fileURLToPath(new URL('./pytest/', import.meta.url));

/** node:test alone reads the flag; other Node programs ignore it, and so do the test files that the runner starts. */
export const NODE_REPORTING: readonly Variable[] = [{ name: 'NODE_OPTIONS', value: `--test-reporter=${NODE_REPORTER}`, join: ' ' }];

export const PYTEST_REPORTING: readonly Variable[] = [
  { name: 'PYTHONPATH', value: PYTEST_FOLDER, join: delimiter },
  { name: 'PYTEST_ADDOPTS', value: '-p ce_pytest', join: ' ' },
];
