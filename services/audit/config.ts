import {
  controlApiSettings,
  controlApiVariables,
  numberSchema,
  portSchema,
  readConfig,
} from '@airs-cp/runtime'

export const variables = {
  ...controlApiVariables,
  AIRS_AUDIT_PORT: portSchema.default(8082),
  AIRS_GAP_GRACE_MS: numberSchema(0).default(15_000),
  AIRS_ABANDON_AFTER_MS: numberSchema(1_000).default(24 * 3_600_000),
}

export type AuditConfig = ReturnType<typeof readAuditConfig>

export function readAuditConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    port: config.AIRS_AUDIT_PORT,
    /** How long missing events of a journal are waited for before the gap is recorded. */
    gapGraceMs: config.AIRS_GAP_GRACE_MS,
    /** After so long an exchange without outcome is abandoned even when its ingress was not heard of again. */
    abandonAfterMs: config.AIRS_ABANDON_AFTER_MS,
  }
}
