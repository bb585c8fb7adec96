import { join, resolve } from 'node:path'
import { baseUrl, isLoopback, type LaptopStack, readLaptopStack } from '@airs-cp/client'
import { configPath, readConfigFile } from './config-file.ts'
import type { Io } from './io.ts'

export type Setting = { value: string; source: string }

export type Settings = {
  url: Setting
  token: Setting | undefined
  /** Where a token was looked for. */
  looked: string[]
}

/** The source of an address that nobody gave: `npm start` runs on this machine. */
export const runningStack = 'the running stack'

export const defaultUrl = 'http://localhost:8090'

const checkout = join(import.meta.dirname, '..', '..')

/**
 * Where AIRS-CP is and the token for it: flags first, then the environment, the configuration file, and the stack that
 * `npm start` runs. A stored token goes only where it belongs: the file's to the file's address, the stack's to this
 * machine.
 * @throws ArgumentError, CommandError when what is configured cannot be used.
 */
export function readSettings(
  flags: { url?: string; token?: string },
  { env, home, cwd }: Omit<Io, 'stdin' | 'stdout' | 'stderr'>,
): Settings {
  const path = configPath(env, home)
  const config = readConfigFile(path)
  const directories = new Set([resolve(checkout, env.AIRS_DATA_DIR || '.airs'), resolve(cwd, '.airs')])
  const stacks = [...directories].map(readLaptopStack)
  const running = stacks.find((stack) => stack.url !== undefined)
  const url = first(
    [flags.url, '--url'],
    [env.AIRS_URL, 'AIRS_URL'],
    [config.url, path],
    [running?.url, runningStack],
  ) ?? { value: defaultUrl, source: 'the default' }
  baseUrl(url.value)
  const token =
    first(
      [flags.token, '--token'],
      [env.AIRS_TOKEN, 'AIRS_TOKEN'],
      [isFor(config.url, url.value) ? config.token : undefined, path],
    ) ?? (isLoopback(url.value) ? stackToken(stacks, url.value) : undefined)
  const places = isLoopback(url.value) ? stacks.map(describePlace) : []
  return { url, token, looked: ['--token', 'AIRS_TOKEN', configPlace(path, config, url.value), ...places] }
}

function first(...candidates: [value: string | undefined, source: string][]): Setting | undefined {
  for (const [value, source] of candidates) if (value) return { value: value.trim(), source }
  return undefined
}

function stackToken(stacks: LaptopStack[], url: string): Setting | undefined {
  const withToken = stacks.filter((stack) => stack.token !== undefined)
  const stack = withToken.find((stack) => stack.url !== undefined && isFor(stack.url, url)) ?? withToken[0]
  return stack?.token === undefined ? undefined : { value: stack.token, source: stack.tokenPath }
}

/** An address that nobody configured stands for any. */
function isFor(configured: string | undefined, url: string): boolean {
  return configured === undefined || URL.parse(configured)?.origin === URL.parse(url)?.origin
}

function configPlace(path: string, { url, token }: { url?: string; token?: string }, used: string): string {
  return token && !isFor(url, used) ? `${path} (its token is for ${url})` : path
}

function describePlace({ tokenPath, problem }: LaptopStack): string {
  return problem ? `${tokenPath} (${problem})` : tokenPath
}
