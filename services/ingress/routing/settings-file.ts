import { readFileSync } from 'node:fs'
import { ConfigError } from '@airs-cp/runtime'
import { parse } from 'yaml'
import { z } from 'zod'

/** Of a provider or of an MCP server. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is lower-case letters, digits and hyphens')

/** What is wrong with a settings file, with the variable that names it. */
export type SettingsProblem = (text: string) => ConfigError

/**
 * Reads a settings file (YAML).
 * @param variable names the file.
 * @throws ConfigError that names the file and everything that is wrong with it.
 */
export function readSettingsFile<Settings>(
  variable: string,
  file: string,
  schema: z.ZodType<Settings>,
): { settings: Settings; problem: SettingsProblem } {
  const problem: SettingsProblem = (text) => new ConfigError(`${variable} ${file}: ${text}`)
  try {
    return { settings: schema.parse(parse(readFileSync(file, 'utf8')) ?? {}), problem }
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw problem((error as Error).message)
    throw problem(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  }
}
