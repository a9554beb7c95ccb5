/**
 * The implementers that are a person. `manual` says what the phase asks for and waits until the person says that it is done;
 * `by-hand` takes the tree as the person left it. Neither changes anything.
 */
import type { Implementer, ImplementContext, ImplementRequest, ImplementResult, Phase, Plugin } from '../core/api.ts';
import { fileLine } from './prompt.ts';

export function manual(): Plugin {
  return { name: 'manual', apply: ({ hooks }) => hooks.implementers.tap('manual', (add) => [manualImplementer(), byHandImplementer()].forEach(add)) };
}

/** For changes that are there already: `ce prp checkpoint` judges them and keeps them. */
function byHandImplementer(): Implementer {
  return {
    name: 'by-hand',
    version: '1',
    options: {},
    implement: async () => ({ status: 'done', writes: [], diagnostics: [], summary: 'the changes were made by hand' }),
  };
}

export function manualImplementer(): Implementer {
  return { name: 'manual', version: '1', options: {}, implement };
}

async function implement({ prp, phase }: ImplementRequest, context: ImplementContext): Promise<ImplementResult> {
  for (const line of tasksOf(phase)) context.progress(line);
  const isDone = await context.ask(`Make the changes of ${prp.id}:${phase.id} (${prp.path}:${phase.line}), then go on.`);
  if (isDone && !context.signal.aborted) return { status: 'done', writes: [], diagnostics: [], summary: 'a person said that the changes are made' };
  const message = `${prp.id}:${phase.id} waits for a person to make its changes`;
  return {
    status: 'needs-person',
    writes: [],
    diagnostics: [],
    summary: message,
    failure: {
      code: 'CE_IMPLEMENT_NEEDS_PERSON',
      message,
      place: { file: prp.path, line: phase.line },
      why: tasksOf(phase).slice(0, 20).join('\n'),
      next: `Make the changes, then: ce prp checkpoint ${prp.id}:${phase.id}`,
    },
  };
}

/** Goal, files, functions, steps: one line each, in the order in which they are worked on. */
function tasksOf(phase: Phase): readonly string[] {
  return [
    ...(phase.goal === null ? [] : [`goal: ${phase.goal}`]),
    ...phase.files.map(fileLine),
    ...phase.functions.map(({ name }) => `implement: ${name}`),
    ...phase.steps.map((step, index) => `${index + 1}. ${step}`),
  ];
}
