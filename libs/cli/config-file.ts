import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

export type ConfigFile = { url?: string; token?: string }

/** `~/.config/airs/config.json`, or where `XDG_CONFIG_HOME` says. */
export function configPath(env: NodeJS.ProcessEnv, home: string): string {
  const base =
    env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, '.config')
  return join(base, 'airs', 'config.json')
}

/**
 * What a person has configured; nothing where there is no file.
 * @throws CommandError when the file cannot be read or is not what it should be.
 */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path)
  if (text === undefined) return {}
  const config = parse(text)
  if (!config)
    throw unusable(path, 'is not a JSON object such as {"url": "https://airs.example", "token": "…"}')
  for (const name of ['url', 'token'] as const)
    if (config[name] !== undefined && typeof config[name] !== 'string')
      throw unusable(path, `has a "${name}" that is not a string`)
  const { url, token } = config as ConfigFile
  return { ...(url && { url }), ...(token && { token: token.trim() }) }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unusable(path, `cannot be read (${code})`)
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function unusable(path: string, problem: string): CommandError {
  return new CommandError(exitCodes.usage, 'config_invalid', `${path} ${problem}: correct or remove it.`)
}
