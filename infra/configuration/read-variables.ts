import { accessVariables, serverVariables, telemetryVariables } from '@airs-cp/runtime'
import type { z } from 'zod'
import { processes } from '../processes.ts'
import { isRequired, variablesOf } from './variables-of.ts'

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
    for (const [name, schema] of Object.entries(await variablesOf(entry))) {
      if (!port && name in { ...serverVariables, ...accessVariables }) continue
      const known = variables.get(name)
      if (known) known.readers.push(reader)
      else variables.set(name, { ...describe(name, schema), readers: [reader] })
    }
  for (const [name, schema] of Object.entries(telemetryVariables))
    variables.set(name, { ...describe(name, schema), readers: ['all'] })
  return [...variables.values()]
}

function describe(name: string, schema: z.ZodType): Omit<Variable, 'readers'> {
  const value = schema.safeParse(undefined).data
  return {
    name,
    default: value === undefined ? undefined : String(value),
    isRequired: isRequired(schema),
  }
}
