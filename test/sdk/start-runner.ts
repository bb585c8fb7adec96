import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type Runner = {
  /** What the runner reported of itself when it began. */
  about: { package: string; version: string; zstd: boolean }
  /** Sends a line, and reads the next. @throws with what the runner complained of when it is gone. */
  ask(request: unknown): Promise<Said>
  stop(): void
}

// biome-ignore lint/suspicious/noExplicitAny: what SDKs return has many shapes
export type Said = Record<string, any>

/** A process of an app that uses an SDK; one JSON line to it, one from it. */
export async function startRunner(
  file: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Runner> {
  const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async (): Promise<Said> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${file} ${args.join(' ')} ended: ${complaints.trim()}`)
    return JSON.parse(value) as Said
  }
  return {
    about: (await read()) as Runner['about'],
    ask: (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      return read()
    },
    stop: () => child.kill(),
  }
}
