import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Stack } from '../support/stack.ts'

const root = join(import.meta.dirname, '..', '..')

/** The providers that the invented company has, all of them the mock. */
export const demoProviders = join(root, 'infra', 'demo', 'providers.yaml')

/** Sends a day of the invented company (`npm run demo`) and waits until all of it is recorded and found. */
export async function sendDemo(stack: Stack, ...args: string[]): Promise<void> {
  // It looks up where the ingress sends to, which the ingress reports as an event.
  await stack.settled()
  const child = spawn(process.execPath, [join(root, 'infra', 'demo', 'main.ts'), ...args], {
    env: { ...process.env, ...stack.clientEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The demo failed: ${output}`)
  await stack.settled()
}
