import { modeSchema } from '@airs-cp/events'
import {
  booleanSchema,
  controlApiSettings,
  controlApiVariables,
  describeSettings,
  portSchema,
  readConfig,
} from '@airs-cp/runtime'
import { z } from 'zod'
import { alertSettings, alertVariables } from './alerts/settings.ts'

export const variables = {
  ...controlApiVariables,
  AIRS_POLICY_PORT: portSchema.default(8081),
  AIRS_STANDBY: booleanSchema.default(false),
  AIRS_MODE: modeSchema.default('observe'),
  AIRS_POLICY_FILE: z.string().optional(),
  ...alertVariables,
  AIRS_REQUIRE_BACKTEST: booleanSchema.default(false),
}

export type PolicyConfig = ReturnType<typeof readPolicyConfig>

export function readPolicyConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_POLICY_PORT,
    /** Whether it waits while another works on the database, instead of ending. */
    isStandby: config.AIRS_STANDBY,
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
