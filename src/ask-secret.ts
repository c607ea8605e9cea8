/** Asks for a secret on the terminal: what is typed is not shown. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { StartError } from './base/start-error.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The line typed. Whoever interrupts or ends the input ends the question. */
export async function askSecret(question: string, { input, output }: Terminal): Promise<string> {
  // As a terminal, readline itself echoes what is typed: into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  output.write(question);
  using lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const answered = Promise.withResolvers<string>();
  const ended = (): void => answered.reject(new StartError('Nothing was typed.'));
  lines.once('line', answered.resolve).once('SIGINT', ended).once('close', ended);
  const answer = await answered.promise;
  output.write('\n');
  return answer;
}
