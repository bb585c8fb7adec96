import { Readable, Writable } from 'node:stream'
import { runAirs } from '@airs-cp/cli'
import type { Stack } from '../../infra/local/stack.ts'

/** What a person gets who types `airs …` beside a running stack. */
export async function airs(
  stack: Stack,
  args: string[],
  stdin = '',
): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [collect(), collect()]
  const code = await runAirs(args, {
    env: { ...stack.clientEnv },
    cwd: stack.dataDir,
    home: stack.dataDir,
    stdin: Readable.from([stdin]),
    stdout: out.stream,
    stderr: err.stream,
  })
  return { code, out: out.text(), err: err.text() }
}

function collect() {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}
