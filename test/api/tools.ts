import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findInterpreter } from '../sdk/python-environment.ts'
import { attempt, stampsIn } from '../sdk/steps.ts'

const state = join(import.meta.dirname, '.python')
const requirements = join(import.meta.dirname, 'requirements.txt')

/** The `bin` of an environment with what checks the control APIs. It is made again only where a version changed. */
export function prepareTools(): string {
  const bin = join(state, 'bin')
  const stamp = stampsIn(join(import.meta.dirname, '.python'))('tools', [requirements])
  if (stamp.isCurrent() && existsSync(join(bin, 'schemathesis'))) return bin
  console.log('Installing what checks the control APIs …')
  rmSync(state, { recursive: true, force: true })
  mkdirSync(state)
  run(findInterpreter(), ['-m', 'venv', state])
  run(join(bin, 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ])
  stamp.set()
  return bin
}

function run(file: string, args: string[]): void {
  const { status, output } = attempt(file, args)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${output}`)
}
