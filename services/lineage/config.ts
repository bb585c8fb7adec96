import { hostSchema, portSchema, readConfig, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'

export type LineageConfig = ReturnType<typeof readLineageConfig>

export function readLineageConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      AIRS_HOST: hostSchema,
      AIRS_LINEAGE_PORT: portSchema.default(8083),
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      AIRS_TOKEN: z.string().min(16),
    },
    env,
  )
  return {
    host: config.AIRS_HOST,
    port: config.AIRS_LINEAGE_PORT,
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    token: config.AIRS_TOKEN,
  }
}
