import { controlApiSettings, controlApiVariables, portSchema, readConfig } from '@airs-cp/runtime'

export const variables = {
  ...controlApiVariables,
  AIRS_LINEAGE_PORT: portSchema.default(8083),
}

export type LineageConfig = ReturnType<typeof readLineageConfig>

export function readLineageConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    port: config.AIRS_LINEAGE_PORT,
  }
}
