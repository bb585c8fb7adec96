import { dirname, join } from 'node:path'
import { accessVariables, serverVariables, shapesOf, telemetryVariables } from '@airs-cp/runtime'
import type { z } from 'zod'
import { repositoryRoot } from '../local/data-directory.ts'
import { processes } from '../processes.ts'

export type Variable = {
  name: string
  /** Processes that read it, in their order. */
  readers: string[]
  /** As it would be written in the environment; undefined where there is none. */
  default: string | undefined
  isRequired: boolean
}

/** Every variable that a process reads, with its default, as the configuration schemas say. */
export async function readVariables(): Promise<Variable[]> {
  const variables = new Map<string, Variable>()
  for (const { name: reader, entry, port } of [
    ...processes,
    { name: 'setup', entry: 'infra/setup/main.ts', port: undefined },
  ])
    for (const shape of shapesOf(await findReader(entry)))
      for (const [name, schema] of Object.entries(shape)) {
        if (!port && name in { ...serverVariables, ...accessVariables }) continue
        const known = variables.get(name)
        if (known) known.readers = [...new Set([...known.readers, reader])]
        else variables.set(name, { ...describe(name, schema as z.ZodType), readers: [reader] })
      }
  for (const [name, schema] of Object.entries(telemetryVariables))
    variables.set(name, { ...describe(name, schema), readers: ['all'] })
  return [...variables.values()]
}

async function findReader(entry: string): Promise<(env: NodeJS.ProcessEnv) => unknown> {
  const module: Record<string, unknown> = await import(join(repositoryRoot, dirname(entry), 'config.ts'))
  const read = Object.entries(module).find(([name]) => /^read\w+Config$/.test(name))?.[1]
  if (typeof read !== 'function') throw new Error(`${entry}: config.ts exports no read…Config`)
  return read as (env: NodeJS.ProcessEnv) => unknown
}

function describe(name: string, schema: z.ZodType): Omit<Variable, 'readers'> {
  const absent = schema.safeParse(undefined)
  const value = absent.data
  return {
    name,
    default: value === undefined ? undefined : String(value),
    isRequired: !absent.success,
  }
}
