import { hostSchema, portSchema, readConfig, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'

export type AuditConfig = ReturnType<typeof readAuditConfig>

export function readAuditConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      AIRS_HOST: hostSchema,
      AIRS_AUDIT_PORT: portSchema.default(8082),
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      AIRS_TOKEN: z.string().min(16),
    },
    env,
  )
  return {
    host: config.AIRS_HOST,
    port: config.AIRS_AUDIT_PORT,
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    token: config.AIRS_TOKEN,
  }
}
