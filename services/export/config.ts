import { join } from 'node:path'
import {
  controlApiSettings,
  controlApiVariables,
  describeSettings,
  numberSchema,
  portSchema,
  readConfig,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'

const prefixSchema = z.string().regex(/^([^/].*\/)?$/, 'must end in / and not begin with it')

export const variables = {
  ...controlApiVariables,
  AIRS_EXPORT_PORT: portSchema.default(8084),
  AIRS_DATA_DIR: z.string().default('.airs'),
  AIRS_EXPORT_CONCURRENCY: numberSchema(1).default(2),
  AIRS_EXPORT_KEEP_HOURS: numberSchema(1).default(168),
  AIRS_EXPORT_S3_BUCKET: z.string().optional(),
  AIRS_EXPORT_S3_REGION: z.string().default('us-east-1'),
  AIRS_EXPORT_S3_PREFIX: prefixSchema.default(''),
  AIRS_EXPORT_S3_ENDPOINT: urlSchema.optional(),
  AIRS_ARCHIVE_DIR: z.string().optional(),
  AIRS_ARCHIVE_S3_BUCKET: z.string().optional(),
  AIRS_ARCHIVE_S3_REGION: z.string().default('us-east-1'),
  AIRS_ARCHIVE_S3_PREFIX: prefixSchema.default('archive/'),
  AIRS_ARCHIVE_S3_ENDPOINT: urlSchema.optional(),
}

export type ExportConfig = ReturnType<typeof readExportConfig>

export function readExportConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_EXPORT_PORT,
    directory: join(config.AIRS_DATA_DIR, 'exports'),
    concurrency: config.AIRS_EXPORT_CONCURRENCY,
    bucket: config.AIRS_EXPORT_S3_BUCKET
      ? {
          bucket: config.AIRS_EXPORT_S3_BUCKET,
          region: config.AIRS_EXPORT_S3_REGION,
          prefix: config.AIRS_EXPORT_S3_PREFIX,
          endpoint: config.AIRS_EXPORT_S3_ENDPOINT,
        }
      : undefined,
    archive: {
      directory: config.AIRS_ARCHIVE_DIR ?? join(config.AIRS_DATA_DIR, 'archive'),
      bucket: config.AIRS_ARCHIVE_S3_BUCKET
        ? {
            bucket: config.AIRS_ARCHIVE_S3_BUCKET,
            region: config.AIRS_ARCHIVE_S3_REGION,
            prefix: config.AIRS_ARCHIVE_S3_PREFIX,
            endpoint: config.AIRS_ARCHIVE_S3_ENDPOINT,
          }
        : undefined,
    },
    keepMs: config.AIRS_EXPORT_KEEP_HOURS * 3_600_000,
  }
}
