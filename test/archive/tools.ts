import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../infra/local/free-port.ts'
import { findInterpreter } from '../sdk/python-environment.ts'
import { attempt, stampsIn } from '../sdk/steps.ts'
import { until } from '../support/control.ts'

const state = join(import.meta.dirname, '.python')
const requirements = join(import.meta.dirname, 'requirements.txt')

/** The `bin` of an environment with DuckDB and moto of PyPI. It is made again only where a version changed. */
export function prepareTools(): string {
  const bin = join(state, 'bin')
  const stamp = stampsIn(state)('tools', [requirements])
  if (stamp.isCurrent() && existsSync(join(bin, 'moto_server'))) return bin
  console.log('Installing DuckDB and moto of PyPI …')
  rmSync(state, { recursive: true, force: true })
  mkdirSync(state)
  run(findInterpreter(), ['-m', 'venv', state])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  run(join(bin, 'python'), pip)
  stamp.set()
  return bin
}

function run(file: string, args: string[]): void {
  const { status, output } = attempt(file, args)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${output}`)
}

/** What a Python program prints, as JSON. @throws with what it complains of. */
export function python(bin: string, program: string, ...args: string[]): unknown {
  const { status, output } = attempt(join(bin, 'python'), ['-c', program, ...args])
  if (status !== 0) throw new Error(output)
  return JSON.parse(output)
}

/** moto as a server that speaks S3, with one bucket. */
export async function startMoto(bin: string, bucket: string) {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const server: ChildProcess = spawn(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  })
  await until(
    'moto',
    async () => {
      const made = await fetch(`${endpoint}/${bucket}`, { method: 'PUT' }).catch(() => undefined)
      return made?.ok || undefined
    },
    60_000,
  )
  return {
    endpoint,
    env: {
      AWS_ACCESS_KEY_ID: 'test-access',
      AWS_SECRET_ACCESS_KEY: 'test-secret-of-nobody',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: endpoint,
    },
    async names(): Promise<string[]> {
      const listed = await (await fetch(`${endpoint}/${bucket}?list-type=2`)).text()
      return [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key!)
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      if (server.exitCode === null) server.kill('SIGTERM')
      else return
      await ended
    },
  }
}
