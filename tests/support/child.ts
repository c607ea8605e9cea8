/** A process under test: its output line by line, its end, and the certainty that it is gone. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly ended: Promise<number | string>;
  stdout = '';
  stderr = '';
  #changed: () => void = () => undefined;

  constructor(program: string, args: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.process.stdout?.on('data', (data) => {
      this.stdout += String(data);
      this.#changed();
    });
    this.process.stderr?.on('data', (data) => {
      this.stderr += String(data);
      this.#changed();
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown');
        this.#changed();
      });
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Waits until `seen` gives something; throws when the process ends first. */
  async until<T>(seen: (child: this) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = seen(this);
      if (found !== undefined && found !== false) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`ended early: ${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

/** True while a process of that id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
