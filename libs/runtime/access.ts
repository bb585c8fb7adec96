import { readFileSync, statSync } from 'node:fs'
import { parseTokensFile, type TokenEntry } from '@airs-cp/control-api'
import { z } from 'zod'
import { type KnownToken, sha256 } from './auth.ts'
import { ConfigError } from './config.ts'
import type { Logger } from './log.ts'

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'is a SHA-256 in hexadecimal')

/**
 * Variables that say who may use a control API. A service that is started by our own tools holds digests only, so that
 * who takes it over gets no token.
 */
export const accessVariables = {
  AIRS_TOKEN: z.string().min(16).optional(),
  AIRS_TOKEN_SHA256: digestSchema.optional(),
  AIRS_GATEWAY_TOKEN_SHA256: digestSchema.optional(),
  AIRS_TOKENS_FILE: z.string().optional(),
}

export type Access = {
  /** An administrator's. */
  token?: string | undefined
  /** SHA-256 of an administrator's, in hexadecimal. */
  tokenSha256?: string | undefined
  /** SHA-256 of the one that the CLI in the gateway's container has; its role is exporter. */
  gatewayTokenSha256?: string | undefined
  /** Tokens beside them, each with a name and a role. */
  tokensFile: string | undefined
}

/** @throws ConfigError when nobody could use the API. */
export function accessSettings(config: z.infer<z.ZodObject<typeof accessVariables>>): Access {
  if (!config.AIRS_TOKEN && !config.AIRS_TOKEN_SHA256 && !config.AIRS_TOKENS_FILE)
    throw new ConfigError('Configuration is not usable: AIRS_TOKEN is not set, nor AIRS_TOKEN_SHA256')
  return {
    token: config.AIRS_TOKEN,
    tokenSha256: config.AIRS_TOKEN_SHA256,
    gatewayTokenSha256: config.AIRS_GATEWAY_TOKEN_SHA256,
    tokensFile: config.AIRS_TOKENS_FILE,
  }
}

function ownTokens({ token, tokenSha256, gatewayTokenSha256 }: Access): KnownToken[] {
  const digests = new Set([token && sha256(token).toString('hex'), tokenSha256].filter(Boolean) as string[])
  const gateway = gatewayTokenSha256 ? [gatewayTokenSha256] : []
  return [
    ...[...digests].map((digest) => ({
      name: 'local',
      role: 'admin' as const,
      sha256: Buffer.from(digest, 'hex'),
    })),
    ...gateway.map((digest) => ({
      name: 'gateway',
      role: 'exporter' as const,
      sha256: Buffer.from(digest, 'hex'),
    })),
  ]
}

const lookAgainMs = 1_000

/**
 * The tokens in force: those of the variables, and those of the file, which is read again when it changes, within a second. A change
 * that cannot be used (the file is gone, or not valid) takes nothing away and admits nobody new; it is logged.
 * @throws ConfigError when the file cannot be used at the start.
 */
export function followTokens(access: Access, log: Logger): () => readonly KnownToken[] {
  const { tokensFile } = access
  const own = ownTokens(access)
  if (tokensFile === undefined) return () => own
  const read = (): KnownToken[] => {
    try {
      return [...own, ...parseTokensFile(readFileSync(tokensFile, 'utf8')).map(asKnown)]
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

function asKnown({ name, role, sha256, expiresAt }: TokenEntry): KnownToken {
  return {
    name,
    role,
    sha256: Buffer.from(sha256, 'hex'),
    ...(expiresAt !== undefined && { expiresAtMs: Date.parse(expiresAt) }),
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
