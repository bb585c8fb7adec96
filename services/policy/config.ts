import { modeSchema } from '@airs-cp/events'
import {
  accessSettings,
  accessVariables,
  booleanSchema,
  portSchema,
  readConfig,
  serverSettings,
  serverVariables,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'
import { alertSettings, alertVariables } from './alerts/settings.ts'

export type PolicyConfig = ReturnType<typeof readPolicyConfig>

export function readPolicyConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      ...serverVariables,
      AIRS_POLICY_PORT: portSchema.default(8081),
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      ...accessVariables,
      AIRS_MODE: modeSchema.default('observe'),
      AIRS_POLICY_FILE: z.string().optional(),
      ...alertVariables,
      AIRS_REQUIRE_BACKTEST: booleanSchema.default(false),
    },
    env,
  )
  return {
    ...serverSettings(config),
    port: config.AIRS_POLICY_PORT,
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    access: accessSettings(config),
    /** Mode at first start; afterwards it is set through the API. */
    initialMode: config.AIRS_MODE,
    /** YAML file whose policies are applied at each start. */
    policyFile: config.AIRS_POLICY_FILE,
    /** Undefined where no webhook is configured. */
    alerts: alertSettings(config),
    /** Whether a policy that enforces is applied only with the digest of a backtest of exactly its document. */
    requiresBacktest: config.AIRS_REQUIRE_BACKTEST,
  }
}
