import type { Output } from './io.ts'

/**
 * Writes, and waits until it is taken, so that a slow reader slows us down. A reader that is gone is an error of the
 * stream, which the process handles; see main.ts.
 */
export function writeOut(output: Output, chunk: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk as string, (error) => (error ? reject(error) : resolve()))
  })
}
