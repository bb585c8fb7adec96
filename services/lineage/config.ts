import {
  controlApiSettings,
  controlApiVariables,
  describeSettings,
  portSchema,
  readConfig,
} from '@airs-cp/runtime'

export const variables = {
  ...controlApiVariables,
  AIRS_LINEAGE_PORT: portSchema.default(8083),
}

export type LineageConfig = ReturnType<typeof readLineageConfig>

export function readLineageConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_LINEAGE_PORT,
  }
}
