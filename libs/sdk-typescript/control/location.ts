import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isLoopback, readLaptopStack } from '@airs-cp/client'
import { isHttpUrl } from '../endpoint.js'

const defaultUrl = 'http://localhost:8090'

export type Location = { url: string; token: string | undefined }

/**
 * Where the control APIs are, and the token for them, as the command `airs` finds them: what is given, else `AIRS_URL` and
 * `AIRS_TOKEN`, else the configuration file, else the stack of this machine. A stored token goes only where it belongs: the
 * file's to the file's address, the stack's to this machine.
 */
export function findLocation(given: { url?: string | undefined; token?: string | undefined }): Location {
  const { env } = process
  const base =
    env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(homedir(), '.config')
  const config = readJson(join(base, 'airs', 'config.json'))
  const stack = readLaptopStack(env.AIRS_DATA_DIR || '.airs')
  const text = given.url || env.AIRS_URL || stringOf(config.url) || stack.url || defaultUrl
  const url = text.trim().replace(/\/+$/, '')
  if (!isHttpUrl(url)) throw new TypeError(`"${text}" is not an address: give one such as ${defaultUrl}`)
  const isOfConfig = config.url === undefined || originOf(stringOf(config.url)) === originOf(url)
  const token =
    given.token ||
    env.AIRS_TOKEN ||
    (isOfConfig && stringOf(config.token)) ||
    (isLoopback(url) && stack.token) ||
    undefined
  return { url, token: token?.trim() }
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && isHttpUrl(url) ? new URL(url).origin : undefined
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function readJson(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
