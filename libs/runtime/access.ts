import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { type KnownToken, sha256 } from './auth.ts'
import { ConfigError } from './config.ts'
import type { Logger } from './log.ts'
import { parseTokens } from './tokens-file.ts'

/** Variables that say who may use a control API. */
export const accessVariables = {
  AIRS_TOKEN: z.string().min(16),
  AIRS_TOKENS_FILE: z.string().optional(),
}

export type Access = {
  /** An administrator's. */
  token: string
  /** Tokens beside it, each with a name and a role. */
  tokensFile: string | undefined
}

export function accessSettings(config: {
  AIRS_TOKEN: string
  AIRS_TOKENS_FILE?: string | undefined
}): Access {
  return { token: config.AIRS_TOKEN, tokensFile: config.AIRS_TOKENS_FILE }
}

const lookAgainMs = 1_000

/**
 * The tokens in force: AIRS_TOKEN's, and those of the file, which is read again when it changes, within a second. A change
 * that cannot be used (the file is gone, or not valid) takes nothing away and admits nobody new; it is logged.
 * @throws ConfigError when the file cannot be used at the start.
 */
export function followTokens({ token, tokensFile }: Access, log: Logger): () => readonly KnownToken[] {
  const own: KnownToken = { name: 'local', role: 'admin', sha256: sha256(token) }
  if (tokensFile === undefined) return () => [own]
  const read = (): KnownToken[] => {
    try {
      return [own, ...parseTokens(readFileSync(tokensFile, 'utf8'))]
    } catch (error) {
      throw new ConfigError(`AIRS_TOKENS_FILE ${tokensFile} ${describe(error)}`)
    }
  }
  let version = versionOf(tokensFile)
  let current = read()
  let lookedAtMs = performance.now()
  return () => {
    if (performance.now() - lookedAtMs < lookAgainMs) return current
    lookedAtMs = performance.now()
    const found = versionOf(tokensFile)
    if (found === version) return current
    version = found
    try {
      current = read()
      log.info({ tokens: current.map(({ name, role }) => `${name} (${role})`) }, 'tokens changed')
    } catch (err) {
      log.error({ err }, 'the tokens file cannot be used; the tokens before stay in force')
    }
    return current
  }
}

function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : 'gone'
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'does not exist'
  return code ? `cannot be read: ${message}` : `cannot be used: ${message}`
}
