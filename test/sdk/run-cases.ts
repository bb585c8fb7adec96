import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

/** Runs a program that reports the result of each of its cases as one JSON line. */
export async function runCases(
  t: TestContext,
  file: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  let count = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, error } = JSON.parse(line) as { name: string; error: string | null }
    count += 1
    await t.test(name, () => {
      if (error !== null) throw new Error(error)
    })
  }
  if ((await exited) !== 0) throw new Error(complaints.trim() || `${args.join(' ')} has failing cases`)
  assert.ok(count > 3)
}
