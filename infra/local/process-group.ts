import type { Supervised } from './supervised.ts'

/** Processes that are stopped at once, each within the same time. */
export class ProcessGroup implements AsyncDisposable {
  readonly processes: Supervised[] = []
  /** Names of those that did not stop in time. */
  readonly killed: string[] = []
  #limitMs: number

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  add(process: Supervised): Supervised {
    this.processes.push(process)
    return process
  }

  /** Resolves when all are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    const stopOne = async (process: Supervised) => {
      if (await process.stop(this.#limitMs)) this.killed.push(process.command.name)
    }
    await Promise.all(this.processes.map(stopOne))
  }
}
