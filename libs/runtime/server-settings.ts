import { z } from 'zod'
import type { BrowserPolicy } from './browser-guard.ts'
import { ConfigError, hostSchema, listSchema, numberSchema, timerSchema } from './config.ts'

/** Variables of every process that listens. */
export const serverVariables = {
  AIRS_HOST: hostSchema,
  AIRS_TLS_CERT_FILE: z.string().optional(),
  AIRS_TLS_KEY_FILE: z.string().optional(),
  AIRS_HEADERS_TIMEOUT_MS: timerSchema(100).default(15_000),
  AIRS_REQUEST_TIMEOUT_MS: timerSchema(100).default(120_000),
  AIRS_MAX_HEADER_BYTES: numberSchema(1_024).default(16_384),
  AIRS_MAX_CONNECTIONS: numberSchema(1).default(10_000),
  AIRS_WRITE_TIMEOUT_MS: timerSchema(100).default(60_000),
  AIRS_ALLOWED_HOSTS: listSchema,
  AIRS_ALLOWED_ORIGINS: listSchema,
}

export type TlsFiles = { certFile: string; keyFile: string }

export type ServerSettings = {
  host: string
  tls: TlsFiles | undefined
  limits: {
    headersTimeoutMs?: number
    requestTimeoutMs?: number
    maxHeaderBytes?: number
    maxConnections?: number
    /** Time without progress after which a response that its client does not read is cut. */
    writeTimeoutMs?: number
  }
  browsers?: BrowserPolicy
}

/** @throws ConfigError when there is a certificate without a key, or a key without a certificate. */
export function serverSettings(config: z.infer<z.ZodObject<typeof serverVariables>>): ServerSettings {
  const { AIRS_TLS_CERT_FILE: certFile, AIRS_TLS_KEY_FILE: keyFile } = config
  if (Boolean(certFile) !== Boolean(keyFile))
    throw new ConfigError(
      `AIRS_TLS_CERT_FILE and AIRS_TLS_KEY_FILE go together, and ${certFile ? 'AIRS_TLS_KEY_FILE' : 'AIRS_TLS_CERT_FILE'} is missing`,
    )
  return {
    host: config.AIRS_HOST,
    tls: certFile && keyFile ? { certFile, keyFile } : undefined,
    limits: {
      headersTimeoutMs: config.AIRS_HEADERS_TIMEOUT_MS,
      requestTimeoutMs: config.AIRS_REQUEST_TIMEOUT_MS,
      maxHeaderBytes: config.AIRS_MAX_HEADER_BYTES,
      maxConnections: config.AIRS_MAX_CONNECTIONS,
      writeTimeoutMs: config.AIRS_WRITE_TIMEOUT_MS,
    },
    browsers: { allowedHosts: config.AIRS_ALLOWED_HOSTS, allowedOrigins: config.AIRS_ALLOWED_ORIGINS },
  }
}
