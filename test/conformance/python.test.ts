import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, test } from 'node:test'
import { imageBase64 } from './material.ts'
import { wrongKey } from './published-api.ts'
import { blockedText, clientKey, world } from './world.ts'

const directory = join(import.meta.dirname, 'python')
const python = process.env.AIRS_CONFORMANCE_PYTHON
const missing =
  python === undefined && 'the Python clients are not installed: npm run test:conformance does it'

afterEach(() => world.calm())

describe('Python clients (PyPI)', { skip: missing }, () => {
  for (const [name, file] of [
    ['openai', 'openai_cases.py'],
    ['anthropic', 'anthropic_cases.py'],
    ['google-genai', 'google_genai_cases.py'],
    ['langchain-openai and langchain-anthropic', 'langchain_cases.py'],
  ] as const)
    test(name, async (t) => {
      const child = spawn(python!, [join(directory, file)], {
        env: {
          ...withoutProxy(process.env),
          PYTHONDONTWRITEBYTECODE: '1',
          PYTHONIOENCODING: 'utf-8',
          AIRS_CONFORMANCE_INGRESS: world.ingressUrl,
          AIRS_CONFORMANCE_KEY: clientKey,
          AIRS_CONFORMANCE_WRONG_KEY: wrongKey,
          AIRS_CONFORMANCE_BLOCKED_TEXT: blockedText,
          AIRS_CONFORMANCE_IMAGE: imageBase64,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let complaints = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaints += text
      })
      const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
      for await (const line of createInterface({ input: child.stdout })) {
        const { name, error } = JSON.parse(line) as { name: string; error: string | null }
        await t.test(name, () => {
          if (error !== null) throw new Error(error)
        })
      }
      if ((await exited) !== 0) throw new Error(complaints.trim() || `${file} has failing cases`)
    })
})

/** A proxy of the machine is not to stand between a client and loopback. */
function withoutProxy(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' }
}
