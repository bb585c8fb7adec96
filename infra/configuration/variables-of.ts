import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { repositoryRoot } from '../local/data-directory.ts'

/** The schemas of the environment variables that a process reads: `variables` of the config.ts beside its entry. */
export async function variablesOf(entry: string): Promise<Record<string, z.ZodType>> {
  const { variables }: { variables?: Record<string, z.ZodType> } = await import(
    join(repositoryRoot, dirname(entry), 'config.ts')
  )
  if (!variables) throw new Error(`The config.ts beside ${entry} exports no variables`)
  return variables
}

/** Whether a process does not start without a variable. */
export function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success
}
