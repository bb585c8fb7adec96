import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'

/** Where text goes; a terminal, when `isTTY` says so. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

/** What a run of the command touches of the process it is in. */
export type Io = {
  env: NodeJS.ProcessEnv
  cwd: string
  home: string
  stdin: Readable
  stdout: Output
  stderr: Output
}
