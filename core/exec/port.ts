/** Questions and answers over a message port: how a thread asks the main thread, which owns every process, and the other way round. */
import type { MessagePort } from 'node:worker_threads';
import { CeError, toFailure, type Failure } from '../errors.ts';

/** Answers questions by name. Arguments and answers are plain data. */
export type Answers = Readonly<Record<string, (payload: never) => unknown>>;

interface Question {
  readonly ask: number;
  readonly name: string;
  readonly payload: unknown;
}

interface Answer {
  readonly answer: number;
  readonly value?: unknown;
  readonly failure?: Failure;
}

export interface Caller {
  /** Resolves with the answer; rejects with a CeError that carries the other side's failure. */
  call(name: string, payload: unknown): Promise<unknown>;
}

/** Answers what comes over the port until it closes. What an answer throws goes back as a failure: error classes do not cross threads. */
export function answerOn(port: MessagePort, answers: Answers): void {
  port.on('message', (question: Question) => {
    if (!('ask' in question)) return;
    const send = (rest: Omit<Answer, 'answer'>): void => port.postMessage({ answer: question.ask, ...rest } satisfies Answer);
    Promise.resolve()
      .then(() => {
        const answer = answers[question.name];
        if (answer === undefined) throw new Error(`nothing answers \`${question.name}\``);
        return answer(question.payload as never);
      })
      .then(
        (value) => send({ value }),
        (thrown: unknown) => send({ failure: toFailure(thrown) }),
      );
  });
}

/** Asks over the port. When it closes, what is still open fails. */
export function callOn(port: MessagePort): Caller {
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: CeError) => void }>();
  let count = 0;
  port.on('message', (answer: Answer) => {
    const waiting = open.get(answer.answer);
    if (waiting === undefined) return;
    open.delete(answer.answer);
    if (answer.failure === undefined) waiting.resolve(answer.value);
    else waiting.reject(new CeError(answer.failure));
  });
  port.on('close', () => {
    for (const waiting of open.values()) waiting.reject(new CeError({ code: 'CE_INTERNAL_BUG', message: 'the other thread ended before it answered' }));
    open.clear();
  });
  return {
    call(name, payload) {
      count += 1;
      const ask = count;
      return new Promise((resolve, reject) => {
        open.set(ask, { resolve, reject });
        port.postMessage({ ask, name, payload } satisfies Question);
      });
    },
  };
}
