import { join } from 'node:path'
import { type RecordingMode, recordingModeSchema, tenantPattern } from '@airs-cp/events'
import {
  booleanSchema,
  ConfigError,
  hostSchema,
  numberSchema,
  portSchema,
  readConfig,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'

const mebibyte = 1024 * 1024

export type IngressConfig = ReturnType<typeof readIngressConfig>

export function readIngressConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      AIRS_HOST: hostSchema,
      AIRS_INGRESS_PORT: portSchema.default(8080),
      NATS_URL: z.string().min(1),
      AIRS_DATA_DIR: z.string().default('.airs'),
      AIRS_TENANT: z
        .string()
        .regex(tenantPattern, 'is lower-case letters, digits and hyphens')
        .default('default'),
      AIRS_RECORDING: recordingModeSchema.default('strict' satisfies RecordingMode),
      AIRS_FINGERPRINT_KEY: z.string().min(16, 'is at least 16 characters'),
      AIRS_PROVIDER: z.enum(['openai', 'ollama', 'mock']).default('openai'),
      AIRS_OPENAI_BASE_URL: urlSchema.default('https://api.openai.com/v1'),
      AIRS_OPENAI_API_KEY: z.string().optional(),
      AIRS_OLLAMA_BASE_URL: urlSchema.default('http://localhost:11434/v1'),
      AIRS_INSECURE: booleanSchema.default(false),
      AIRS_MAX_BODY_BYTES: numberSchema(1024).default(32 * mebibyte),
      AIRS_JOURNAL_LIMIT_BYTES: numberSchema(mebibyte).default(4096 * mebibyte),
      AIRS_CONNECT_TIMEOUT_MS: numberSchema(1).default(10_000),
      AIRS_FIRST_BYTE_TIMEOUT_MS: numberSchema(1).default(300_000),
      AIRS_IDLE_TIMEOUT_MS: numberSchema(1).default(300_000),
      AIRS_DRAIN_TIMEOUT_MS: numberSchema(0).default(10_000),
    },
    env,
  )
  refuseOpenCredentials(config)
  return {
    host: config.AIRS_HOST,
    port: config.AIRS_INGRESS_PORT,
    natsUrl: config.NATS_URL,
    journalDirectory: join(config.AIRS_DATA_DIR, 'ingress', 'journal'),
    journalLimitBytes: config.AIRS_JOURNAL_LIMIT_BYTES,
    instanceFile: join(config.AIRS_DATA_DIR, 'ingress', 'instance'),
    policySetFile: join(config.AIRS_DATA_DIR, 'ingress', 'policy-set.json'),
    tenant: config.AIRS_TENANT,
    recording: config.AIRS_RECORDING,
    fingerprintKey: config.AIRS_FINGERPRINT_KEY,
    defaultProvider: config.AIRS_PROVIDER,
    openai: { baseUrl: config.AIRS_OPENAI_BASE_URL, apiKey: config.AIRS_OPENAI_API_KEY },
    ollama: { baseUrl: config.AIRS_OLLAMA_BASE_URL },
    maxBodyBytes: config.AIRS_MAX_BODY_BYTES,
    timeouts: {
      connectMs: config.AIRS_CONNECT_TIMEOUT_MS,
      firstByteMs: config.AIRS_FIRST_BYTE_TIMEOUT_MS,
      idleMs: config.AIRS_IDLE_TIMEOUT_MS,
    },
    drainTimeoutMs: config.AIRS_DRAIN_TIMEOUT_MS,
  }
}

/** A credential of the server's own would be usable by everybody who reaches the port. */
function refuseOpenCredentials({
  AIRS_HOST,
  AIRS_OPENAI_API_KEY,
  AIRS_INSECURE,
}: {
  AIRS_HOST: string
  AIRS_OPENAI_API_KEY?: string | undefined
  AIRS_INSECURE: boolean
}): void {
  const loopback = AIRS_HOST === 'localhost' || AIRS_HOST === '::1' || AIRS_HOST.startsWith('127.')
  if (AIRS_OPENAI_API_KEY && !loopback && !AIRS_INSECURE)
    throw new ConfigError(
      `AIRS_OPENAI_API_KEY would let everybody who reaches ${AIRS_HOST} use it: bind AIRS_HOST to 127.0.0.1, leave the key with the apps (pass-through), or set AIRS_INSECURE=true`,
    )
}
