import { isRevision, type Revision } from '@airs-cp/mcp'
import { longestTimerMs, variableValue } from '@airs-cp/runtime'
import { z } from 'zod'
import { baseUrlSchema } from '../routing/provider-settings.ts'
import { nameSchema, readSettingsFile } from '../routing/settings-file.ts'

const countSchema = z.int().positive().optional()
const msSchema = z.int().positive().max(longestTimerMs).optional()

/** Ours to set, for each request. */
const ownHeaders =
  /^(?:host|content-length|content-type|connection|transfer-encoding|accept|cookie|mcp-.*|last-event-id|x-airs-.*)$/i

const serverSchema = z.strictObject({
  url: baseUrlSchema,
  /** Environment variable that holds the credential for this server. The client's own never goes there. */
  credentialVariable: z.string().optional(),
  /** Absent: `Authorization: Bearer …`. */
  credentialHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'is no name of a header')
    .optional(),
  headers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/, 'is no name of a header')
        .refine((name) => !ownHeaders.test(name), 'is a header that the gateway sets'),
      z.string().regex(/^[\x20-\x7e\t]*$/, 'has characters that no header may have'),
    )
    .default({}),
  /** Names or ids of the client keys that may use it, or subjects of tokens. Absent: everybody who is admitted. */
  callers: z.array(z.string().min(1)).min(1).optional(),
  revision: z
    .custom<Revision>(
      isRevision,
      'is no revision that is known here: 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28',
    )
    .optional(),
  /** Digests of tools' definitions, instead of those that are seen first. */
  pins: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'is a SHA-256 in hexadecimal')).default({}),
  limits: z
    .strictObject({
      requestBytes: countSchema,
      resultBytes: countSchema,
      streamBytes: countSchema,
      streamMessages: countSchema,
      connectMs: msSchema,
      idleMs: msSchema,
      totalMs: msSchema,
    })
    .default({}),
})

/** Signatures that only the issuer can make; a shared secret (HS…) is none of them, and no signature (none) neither. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

const claimSchema = z.string().min(1).max(200)

const authorizationSchema = z.strictObject({
  /** Exactly as tokens have it (`iss`), and the authorization server that clients are sent to. */
  issuer: z.url({ protocol: /^https?$/ }),
  /** Where its public keys are (JWK Set). */
  jwksUrl: z.url({ protocol: /^https?$/ }),
  /** What `aud` has to contain. Absent: the address of the server at this gateway. */
  audience: z.string().min(1).optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  /** By how much clocks may differ. */
  clockSkewSeconds: z.int().min(0).max(600).default(30),
  /** Which claims say who calls. */
  claims: z
    .strictObject({
      user: claimSchema.default('sub'),
      agent: claimSchema.optional(),
      tags: claimSchema.optional(),
    })
    .default({ user: 'sub' }),
  /** Scopes that a token has to have, and that clients are asked to request. */
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope')).default([]),
})
export type McpAuthorization = z.infer<typeof authorizationSchema>

const fileSchema = z.strictObject({
  /** Where clients find the ingress. Absent: as their `Host` header says. */
  publicUrl: baseUrlSchema.optional(),
  authorization: authorizationSchema.optional(),
  servers: z.record(nameSchema, serverSchema).default({}),
})

export type McpLimits = {
  requestBytes: number
  /** Of one message. */
  resultBytes: number
  /** Of all messages of one exchange together. */
  streamBytes: number
  /** How many messages one exchange has at most; what only keeps a stream open counts too. */
  streamMessages: number
  connectMs: number
  /** Longest time without a byte from the server. */
  idleMs: number
  /** Longest time of one exchange; a stream is then closed, and a client opens the next one. */
  totalMs: number
}

export type McpServerConfig = {
  name: string
  url: string
  headers: Record<string, string>
  callers: readonly string[] | undefined
  revision: Revision | undefined
  pins: Record<string, string>
  limits: McpLimits
}

export type McpSettings = {
  servers: McpServerConfig[]
  publicUrl: string | undefined
  /** Undefined: clients are known by client keys alone. */
  authorization: McpAuthorization | undefined
}

const mebibyte = 1024 * 1024
const defaultLimits: McpLimits = {
  requestBytes: 4 * mebibyte,
  resultBytes: 16 * mebibyte,
  streamBytes: 64 * mebibyte,
  streamMessages: 100_000,
  connectMs: 10_000,
  idleMs: 120_000,
  totalMs: 1_800_000,
}

/**
 * Reads the file of MCP servers (YAML).
 * @throws ConfigError that names the file and everything that is wrong with it.
 */
export function readMcpSettings(file: string | undefined, env: NodeJS.ProcessEnv): McpSettings {
  if (file === undefined) return { servers: [], publicUrl: undefined, authorization: undefined }
  const { settings, problem } = readSettingsFile('AIRS_MCP_FILE', file, fileSchema)
  const servers = Object.entries(settings.servers).map(([name, server]): McpServerConfig => {
    const { url, credentialVariable, credentialHeader, headers, callers, revision, pins, limits } = server
    if (new URL(url).username || new URL(url).password)
      throw problem(
        `servers.${name}.url: holds a credential; name its variable in credentialVariable instead`,
      )
    const credential = credentialVariable && variableValue(env[credentialVariable])
    if (credentialVariable && !credential)
      throw problem(`servers.${name}: variable ${credentialVariable} is not set`)
    if (credentialHeader && !credentialVariable)
      throw problem(`servers.${name}: credentialHeader goes with credentialVariable`)
    const own = credential
      ? credentialHeader
        ? { [credentialHeader.toLowerCase()]: credential }
        : { authorization: `Bearer ${credential}` }
      : {}
    const given = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value])
    const set = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
    return {
      ...{ name, url, callers, revision, pins },
      headers: { ...Object.fromEntries(given), ...own },
      limits: { ...defaultLimits, ...set },
    }
  })
  const { publicUrl, authorization } = settings
  if (authorization && publicUrl === undefined && authorization.audience === undefined)
    throw problem(
      'authorization: needs an audience, or publicUrl at the top of the file; else a token for anything else of the issuer would be accepted',
    )
  return { servers, publicUrl: publicUrl && withoutSlashes(publicUrl), authorization }
}

function withoutSlashes(url: string): string {
  return url.endsWith('/') ? withoutSlashes(url.slice(0, -1)) : url
}
