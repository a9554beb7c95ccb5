/** Entry of a thread in a checkout: Node 20 reads no TypeScript, and a loader that the main thread registered does not reach its threads. */
import { register } from 'tsx/esm/api';

register();
const { default: answer } = await import('./worker.ts');

export default answer;
