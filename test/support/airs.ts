import { Readable, Writable } from 'node:stream'
import { runAirs } from '@airs-cp/cli'
import type { Stack } from '../../infra/local/stack.ts'

/** What a person gets who types `airs …` beside a running stack. */
export async function airs(
  stack: Stack,
  args: string[],
  stdin = '',
  { isTTY = false }: { isTTY?: boolean } = {},
): Promise<{ code: number; out: string; err: string; bytes: Buffer }> {
  const [out, err] = [collect(), collect()]
  const code = await runAirs(args, {
    env: { ...stack.clientEnv },
    cwd: stack.dataDir,
    home: stack.dataDir,
    stdin: Readable.from([stdin]),
    stdout: Object.assign(out.stream, { isTTY }),
    stderr: err.stream,
  })
  return { code, out: String(out.bytes()), err: String(err.bytes()), bytes: out.bytes() }
}

function collect() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return { stream, bytes: () => Buffer.concat(chunks) }
}
