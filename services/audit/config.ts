import {
  accessSettings,
  accessVariables,
  numberSchema,
  portSchema,
  readConfig,
  serverSettings,
  serverVariables,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'

export type AuditConfig = ReturnType<typeof readAuditConfig>

export function readAuditConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      ...serverVariables,
      AIRS_AUDIT_PORT: portSchema.default(8082),
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      ...accessVariables,
      AIRS_GAP_GRACE_MS: numberSchema(0).default(15_000),
      AIRS_ABANDON_AFTER_MS: numberSchema(1_000).default(24 * 3_600_000),
    },
    env,
  )
  return {
    ...serverSettings(config),
    port: config.AIRS_AUDIT_PORT,
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    access: accessSettings(config),
    /** How long missing events of a journal are waited for before the gap is recorded. */
    gapGraceMs: config.AIRS_GAP_GRACE_MS,
    /** After so long an exchange without outcome is abandoned even when its ingress was not heard of again. */
    abandonAfterMs: config.AIRS_ABANDON_AFTER_MS,
  }
}
