import {
  booleanSchema,
  controlApiSettings,
  controlApiVariables,
  describeSettings,
  portSchema,
  readConfig,
} from '@airs-cp/runtime'

export const variables = {
  ...controlApiVariables,
  AIRS_LINEAGE_PORT: portSchema.default(8083),
  AIRS_STANDBY: booleanSchema.default(false),
}

export type LineageConfig = ReturnType<typeof readLineageConfig>

export function readLineageConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_LINEAGE_PORT,
    /** Whether it waits while another works on the database, instead of ending. */
    isStandby: config.AIRS_STANDBY,
  }
}
