import {
  accessSettings,
  accessVariables,
  portSchema,
  readConfig,
  serverSettings,
  serverVariables,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'

export type LineageConfig = ReturnType<typeof readLineageConfig>

export function readLineageConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(
    {
      ...serverVariables,
      AIRS_LINEAGE_PORT: portSchema.default(8083),
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      ...accessVariables,
    },
    env,
  )
  return {
    ...serverSettings(config),
    port: config.AIRS_LINEAGE_PORT,
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    access: accessSettings(config),
  }
}
