import { numberSchema, readConfig, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'
import type { SetupConfig } from './setup.ts'

export const variables = {
  DATABASE_URL: urlSchema,
  NATS_URL: z.string().min(1),
  AIRS_POSTGRES_PASSWORDS: z
    .string()
    .transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
  AIRS_STREAM_REPLICAS: numberSchema(1).optional(),
  AIRS_STREAM_MAX_BYTES: numberSchema(1024 ** 2).optional(),
}

export function readSetupConfig(env: NodeJS.ProcessEnv): SetupConfig {
  const config = readConfig(variables, env)
  return {
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    passwords: config.AIRS_POSTGRES_PASSWORDS,
    replicas: config.AIRS_STREAM_REPLICAS,
    trafficBytes: config.AIRS_STREAM_MAX_BYTES,
  }
}
